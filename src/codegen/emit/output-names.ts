/** The names of the generated files. */
export interface OutputNames {
  readonly types: string
  readonly contract: string
  readonly checks: string
  readonly shape: string
  readonly methods: string
}

/** Names the files after `out`, or after the contract where nothing is said. They never contain a directory. */
export function outputNames(out: string | undefined, contract: string): OutputNames {
  const base = out?.split(/[\\/]/).at(-1) ?? ''
  const [, stem = fileStem(contract), ending = '.gen.ts'] =
    /^(.+?)((?:\.gen)?\.ts)$/.exec(base) ?? []
  return {
    types: stem + ending,
    contract: `${stem}.contract${ending}`,
    checks: `${stem}.check${ending}`,
    shape: `${stem}.shape${ending}`,
    methods: `${stem}.methods${ending}`,
  }
}

/** The name that a document's file gives its contract: `orders` for `orders.openrpc.json` and `orders.ekko.ipc.json`. */
export function sourceName(file: string): string | undefined {
  return /^(.+)\.(?:openrpc|ekko\.ipc|schema|meta)\.[^.]+$/i.exec(file)?.[1]
}

function fileStem(contract: string): string {
  const words = contract.replaceAll(/(\p{Ll}|\p{Nd})(?=\p{Lu})/gu, '$1-').toLowerCase()
  const stem = words.replaceAll(/[^a-z\d]+/g, '-').replaceAll(/^-|-$/g, '') || 'contract'
  // Windows takes these for devices, whatever follows the first dot.
  return /^(con|prn|aux|nul|com\d|lpt\d)$/.test(stem) ? `${stem}-contract` : stem
}
