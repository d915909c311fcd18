// biome-ignore-all lint/correctness/useImportExtensions: a JSON file is imported under its own name.
import badInputText from './bad-input.json?raw'
import framingText from './framing.json?raw'
import specificationText from './jsonrpc-spec.json?raw'

/** Adversarial input for a peer (J-) and for a WebSocket server (W-). */
export const badInput = badInputText

/** The examples of section 7 of the JSON-RPC 2.0 Specification. */
export const specification = specificationText

/** Adversarial bytes for the framings of byte streams (F-). */
export const framing = framingText
