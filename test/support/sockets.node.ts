import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect as connectPlain, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { Peer, type PeerOptions } from 'bothways'
import {
  connectSocket,
  type Framing,
  type FramingOption,
  type ListenSocketOptions,
  listenSocket,
  type SocketAddress,
  type SocketServer,
  streamTransport,
} from 'bothways/node'
import { afterAll } from 'vitest'
import type { MakePair, MakeRawPair } from './pair.js'

const read = (file: string) => readFileSync(`test/support/certificates/${file}`, 'utf8')

/** An authority, a server and a client with certificates of it, and an authority that nobody trusts. */
export const certificates = {
  ca: read('authority.pem'),
  server: { cert: read('server.pem'), key: read('server.key') },
  client: { cert: read('client.pem'), key: read('client.key') },
  stranger: { cert: read('stranger.pem'), key: read('stranger.key') },
}

const folder = mkdtempSync(join(tmpdir(), 'bothways-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let paths = 0

/** A path at which nothing is, for this user alone. */
export const freePath = () => join(folder, `${paths++}.sock`)

/** Where a server of each kind listens, and how it is dialled. */
export const kinds: Readonly<
  Record<string, { listen(): ListenSocketOptions; address(server: SocketServer): SocketAddress }>
> = {
  TCP: { listen: () => ({}), address: ({ port }) => ({ port }) },
  TLS: {
    listen: () => ({ tls: certificates.server }),
    address: ({ port }) => ({ port, tls: { ca: certificates.ca } }),
  },
  'a unix socket': {
    listen: () => ({ path: freePath() }),
    address: ({ address }) => ({ path: address }),
  },
}

interface Listening {
  readonly address: SocketAddress
  readonly accepted: Promise<Peer>
  close(): Promise<void>
}

async function listenForOne(kind: string, options: PeerOptions & { framing?: FramingOption }) {
  const { listen, address } = kinds[kind] ?? {}
  if (listen === undefined || address === undefined) throw new Error(`there is no kind ${kind}`)
  let resolve: (peer: Peer) => void
  const accepted = new Promise<Peer>((settle) => (resolve = settle))
  const server = await listenSocket({ ...listen(), ...options }, (peer) => resolve(peer))
  return { address: address(server), accepted, close: () => server.close() } satisfies Listening
}

export const socketPeers =
  (kind: string): MakePair =>
  async (nearOptions, farOptions) => {
    const { address, accepted, close } = await listenForOne(kind, farOptions)
    const socket = await open(address)
    const near = new Peer(streamTransport(socket), nearOptions)
    return { near, far: await accepted, drop: () => socket.destroy(), dispose: close }
  }

/** The same, dialled by connectSocket. */
export const dialledPeers =
  (kind: string, framing: FramingOption = 'newline'): MakePair =>
  async (nearOptions, farOptions) => {
    const { address, accepted, close } = await listenForOne(kind, { ...farOptions, framing })
    const near = await connectSocket(address, { ...nearOptions, framing })
    const far = await accepted
    return { near, far, drop: () => void far.close(), dispose: close }
  }

export const socketRaw =
  (kind: string, framing: Framing): MakeRawPair =>
  async (options) => {
    const { address, accepted, close } = await listenForOne(kind, { ...options, framing })
    const transport = streamTransport(await open(address), { framing })
    return { transport, peer: await accepted, dispose: close }
  }

/** A bare socket to `address`, open. */
export function open(address: SocketAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket =
      'path' in address || !address.tls
        ? connectPlain(address).once('connect', () => resolve(socket))
        : connectTls({ ...Object(address.tls), host: '127.0.0.1', port: address.port }, () =>
            resolve(socket),
          )
    socket.once('error', reject)
  })
}
