import WebSocket from 'isomorphic-ws'
import { errorCodes, RpcError } from '../protocol/error.js'
import { checkAmount, type Limits, limitsOf } from '../protocol/limits.js'
import { after, type Runtime, systemRuntime } from '../runtime.js'
import { fragments, connectTimeout as patience, piecesOf, pongs } from './limits.js'
import type { Transport } from './transport.js'
import { type Corkable, type WebSocketLike, webSocketTransport } from './websocket.js'

/** How a WebSocket is dialled. */
export interface DialOptions {
  /** Headers of the upgrade request, such as `authorization`. Node only: a browser cannot set them. */
  readonly headers?: Readonly<Record<string, string>>
  /** Subprotocols to offer. Default none: a browser fails the connection where a server then selects none. */
  readonly protocols?: readonly string[]
  /** Aborting gives up the attempt with `signal.reason`. */
  readonly signal?: AbortSignal
  /** Milliseconds for the connection to open. Default 5,000. */
  readonly connectTimeout?: number
  /** `message` bounds what is read. */
  readonly limits?: Partial<Limits>
  /** PEM text of the certificate authorities to trust. Node only. */
  readonly ca?: string
  /** Clock and timers. Default: those of the process. */
  readonly runtime?: Runtime
}

/** Opens a WebSocket to `url` and resolves once it is open. Rejects with `unavailable` saying why, or `signal.reason`. */
export async function dialWebSocket(url: string, options: DialOptions = {}): Promise<Transport> {
  options.signal?.throwIfAborted()
  checkAmount('connectTimeout', options.connectTimeout)
  const socket = openSocket(url, options, limitsOf(options))
  let stream: Corkable | undefined
  socket.on?.('upgrade', (response) => (stream = response.socket))
  const transport = webSocketTransport(socket, options.runtime, () => stream)
  await opened(socket, url, options)
  return transport
}

function openSocket(url: string, options: DialOptions, { message }: Limits): WebSocketLike {
  const { headers, protocols = [], ca } = options
  const isBrowser = typeof document !== 'undefined' || !('WebSocketServer' in WebSocket)
  if (isBrowser && headers !== undefined) {
    throw new RpcError(errorCodes.unavailable, 'a browser cannot set the headers of a WebSocket', {
      hint: 'send the token in rpc.hello: join(url, { token })',
    })
  }
  const nodeOptions = {
    headers,
    ca,
    maxPayload: message,
    maxFragments: fragments,
    maxBufferedChunks: piecesOf(message),
    maxPendingAutoPongs: pongs,
    perMessageDeflate: false,
    followRedirects: false,
  }
  try {
    // A browser's constructor takes no third argument and ignores it.
    return new WebSocket(url, [...protocols], nodeOptions) as unknown as WebSocketLike
  } catch {
    // Without the cause: it quotes the address, and what may be secret in it.
    throw new RpcError(errorCodes.unavailable, `"${withoutSecrets(url)}" is no WebSocket address`, {
      hint: 'such as ws://127.0.0.1:7377',
    })
  }
}

function opened(socket: WebSocketLike, url: string, options: DialOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const { onopen, onclose, onerror } = socket
    const { signal, connectTimeout = patience, runtime = systemRuntime } = options
    const settle = () => {
      socket.onopen = onopen
      socket.onclose = onclose
      socket.onerror = onerror
      signal?.removeEventListener('abort', aborted)
      stopTimer()
    }
    const giveUp = (reason: unknown) => {
      settle()
      socket.close()
      reject(reason)
    }
    const aborted = () => giveUp(signal?.reason)
    // A browser's own patience is a minute and more.
    const stopTimer = after(runtime, connectTimeout, () =>
      giveUp(unreachable(url, `no answer in ${connectTimeout} ms`)),
    )
    let why = ''
    signal?.addEventListener('abort', aborted)
    socket.onerror = (event: { message?: string }) => {
      why = event.message ?? ''
    }
    socket.onopen = (event) => {
      settle()
      onopen?.(event)
      resolve()
    }
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      settle()
      reject(unreachable(url, why || reason || `close code ${code}`))
    }
  })
}

function unreachable(url: string, why: string): RpcError {
  return new RpcError(errorCodes.unavailable, `cannot connect to ${withoutSecrets(url)}: ${why}`, {
    hint: 'is it running, and does it allow this origin?',
  })
}

/** The address without user, password, query and fragment: nothing of those belongs in an error. */
function withoutSecrets(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url)
    return `${protocol}//${host}${pathname}`
  } catch {
    return 'this'
  }
}
