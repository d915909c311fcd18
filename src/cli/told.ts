import { printable, printableLines } from '../codegen/printable.js'
import type { RpcError } from '../protocol/error.js'

/** What `error` says, and after `separator` what to do about it, as it can be printed: the other end may have written it. */
export function told({ message, hint, remote }: RpcError, separator: string): string {
  const texts = [message, ...(hint === undefined ? [] : [hint])]
  return texts.map(remote ? printable : printableLines).join(separator)
}
