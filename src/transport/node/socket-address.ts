import type { Socket } from 'node:net'
import { errorCodes, RpcError } from '../../protocol/error.js'
import { wordsOf } from '../byte-stream.js'

/** Bytes of a unix socket's path: what the system's own structure holds, less the zero at its end. */
const longestPath = process.platform === 'darwin' ? 103 : 107

/** A socket's place in the file system, or the name of a pipe on Windows. */
export interface PathAddress {
  readonly path: string
}

/** A port of a machine. */
export interface PortAddress {
  /** Default `127.0.0.1`. */
  readonly host?: string
  readonly port: number
}

/** Whether `path` names a pipe of Windows or an abstract socket of Linux, neither of which is a file. */
export function isNoFile(path: string): boolean {
  return process.platform === 'win32' || path.startsWith('\0')
}

/** Throws `unavailable` for a path that the system would refuse, or cut to another one. */
export function checkPath(path: string): void {
  const bytes = Buffer.byteLength(path)
  if (process.platform === 'win32' || bytes <= longestPath) return
  throw new RpcError(
    errorCodes.unavailable,
    `the socket's path has ${bytes} bytes, and ${longestPath} are allowed`,
    { hint: 'choose a shorter folder, or a path relative to the working directory' },
  )
}

/** The address in words. */
export function wordsFor(address: PathAddress | PortAddress): string {
  if ('path' in address) return address.path.replace('\0', '@')
  const { host = '127.0.0.1', port } = address
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** `unavailable`, with what was tried, the cause and what `advice` has for its code. */
export function unavailable(
  what: string,
  cause: unknown,
  advice: Readonly<Record<string, string>> = adviceOnSockets,
): RpcError {
  const code = codeOf(cause)
  const hint = advice[code] ?? (/CERT|SIGNATURE/.test(code) ? untrusted : undefined)
  const words = wordsOf(cause)
  const why = words.includes(code) ? words : `${words} (${code})`
  return new RpcError(errorCodes.unavailable, `${what}: ${why}`, { hint, cause })
}

/** The code of a failure of the system; of several attempts, that of the first. */
function codeOf(cause: unknown): string {
  const { code, errors } = Object(cause) as { code?: unknown; errors?: unknown[] }
  if (typeof code === 'string') return code
  return errors === undefined ? '' : codeOf(errors[0])
}

const untrusted = 'give the certificate authority to trust as tls: { ca }'

const adviceOnSockets: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'is it running?',
  ENOENT: 'is it running, and is this its path?',
  ENOTSOCK: 'the file at this path is no socket',
  EACCES: 'this user may not: look at the owner and the mode of the path, or take a port over 1023',
  EADDRINUSE: 'another server, perhaps this very one, listens there: stop it or choose another',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'is the name of the host right?',
  ETIMEDOUT: 'is it running, and does a firewall let it through?',
  ECONNRESET: 'does it speak TLS, and this end, too?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does it speak TLS?',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'dial a name that its certificate has, or say it as tls: { servername }',
}

/** The other end may have sent its last byte, and read on: Node would end this half as well. */
export const allowHalfOpen = true

/** Milliseconds of silence after which the system asks whether the other end lives; it gives up some 10 s later. */
const silence = 15_000

/** Prepares a socket: messages leave at once, and a machine that is gone is noticed. */
export function prepare(socket: Socket): void {
  socket.setNoDelay(true)
  socket.setKeepAlive(true, silence)
}
