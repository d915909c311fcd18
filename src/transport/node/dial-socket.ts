import { connect as connectPlain, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { errorCodes, RpcError } from '../../protocol/error.js'
import { after, systemRuntime } from '../../runtime.js'
import { type FramedOptions, framedTransport } from '../framed.js'
import { connectTimeout as patience } from '../limits.js'
import type { Transport } from '../transport.js'
import { NodeByteStream } from './node-stream.js'
import {
  allowHalfOpen,
  checkPath,
  type PathAddress,
  type PortAddress,
  prepare,
  unavailable,
  wordsFor,
} from './socket-address.js'

/** Where a socket is dialled: the path of a unix socket or Windows pipe, or a host and port. */
export type SocketAddress =
  | PathAddress
  | (PortAddress & {
      /** Speaks TLS. An object is given to `node:tls`: `ca`, `cert`, `key`, `servername`. Default false. */
      readonly tls?: boolean | ConnectionOptions
    })

/** How a socket is dialled. */
export interface DialSocketOptions extends FramedOptions {
  /** Aborting gives up the attempt with `signal.reason`. */
  readonly signal?: AbortSignal
  /** Milliseconds for the connection to open, TLS and all. Default 5,000. */
  readonly connectTimeout?: number
}

/** Opens a socket to `address`. Rejects with `unavailable` saying why and what to do, or `signal.reason`. */
export async function dialSocket(
  address: SocketAddress,
  options: DialSocketOptions = {},
): Promise<Transport> {
  options.signal?.throwIfAborted()
  if ('path' in address) checkPath(address.path)
  const socket = openSocket(address)
  // Before it is open, so that nothing which arrives with the opening is missed and every error has a listener.
  const transport = framedTransport(new NodeByteStream(socket, socket), options)
  await opened(socket, address, options)
  prepare(socket)
  return transport
}

function openSocket(address: SocketAddress): Socket {
  try {
    if ('path' in address) return connectPlain({ path: address.path, allowHalfOpen })
    const { host = '127.0.0.1', port, tls = false } = address
    if (tls === false) return connectPlain({ host, port, allowHalfOpen })
    return connectTls({
      ...(tls === true ? {} : tls),
      host,
      port,
      allowHalfOpen,
    } as ConnectionOptions)
  } catch (cause) {
    throw unavailable(`cannot connect to ${wordsFor(address)}`, cause)
  }
}

function opened(socket: Socket, address: SocketAddress, options: DialSocketOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const { signal, connectTimeout = patience, runtime = systemRuntime } = options
    const what = `cannot connect to ${wordsFor(address)}`
    const isTls = 'tls' in address && address.tls !== undefined && address.tls !== false
    const event = isTls ? 'secureConnect' : 'connect'
    const settle = () => {
      socket.off(event, succeed).off('error', fail).off('close', closed)
      signal?.removeEventListener('abort', aborted)
      stopTimer()
    }
    const giveUp = (reason: unknown) => {
      settle()
      socket.destroy()
      reject(reason)
    }
    const succeed = () => {
      settle()
      resolve()
    }
    const fail = (cause: Error) => giveUp(unavailable(what, cause))
    const closed = () => fail(new Error('it hung up'))
    const aborted = () => giveUp(signal?.reason)
    const stopTimer = after(runtime, connectTimeout, () =>
      giveUp(new RpcError(errorCodes.unavailable, `${what}: no answer in ${connectTimeout} ms`)),
    )
    signal?.addEventListener('abort', aborted)
    socket.once(event, succeed).once('error', fail).once('close', closed)
  })
}
