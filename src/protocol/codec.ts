/** Writes and reads messages that hold bytes. */
export interface Codec {
  /**
   * `message` as bytes whose first is 128 to 191, with which no UTF-8 begins, in a buffer of their own, which is given away.
   * What it holds was looked at: what JSON takes, and `Uint8Array`. Throws `encoding` for what it cannot write.
   */
  encode(message: object): Uint8Array
  /**
   * The value that `bytes` are. What lies deeper than `nesting` levels of arrays and objects is left out, so that whoever
   * looks finds one level too many and no more. `own` makes what is handed on of bytes in it, which are a copy. Throws `parse`.
   */
  decode(bytes: Uint8Array, nesting: number, own?: (bytes: Uint8Array) => Uint8Array): unknown
}

/** A message as it leaves: JSON text, or what a codec made of one that holds bytes. */
export type Encoded = string | Uint8Array

/** Whether `bytes` were made by a codec, rather than being text. */
export function isPacked(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) >> 6 === 2
}
