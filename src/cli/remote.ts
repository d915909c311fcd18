import { RpcError } from '../protocol/error.js'
import { UsageError } from './usage-error.js'

/** How much is read from an address, in bytes, and how long that may take, in milliseconds. */
const [most, longest] = [64 * 1024 * 1024, 30_000]

/** The text at `address`. Rejects with a UsageError that says why there is none. */
export async function fetchText(address: string): Promise<string> {
  if (!/^https?:/i.test(address)) throw new UsageError(`${address} is no http: or https: address`)
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(longest) })
    if (!answer.ok) throw new UsageError(`${address} answers ${answer.status}`)
    return await textOf(answer, address)
  } catch (error) {
    if (error instanceof UsageError) throw error
    const { message, cause } = error instanceof Error ? error : new Error(String(error))
    const why = cause === undefined ? message : RpcError.from(cause).message
    throw new UsageError(`${address} cannot be read: ${why}; check the address and the network`)
  }
}

async function textOf({ body }: Response, address: string): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let [text, size] = ['', 0]
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > most) throw new UsageError(`${address} has more than ${most} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
