import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TestProject } from 'vitest/node'
import { type WebSocket, WebSocketServer } from 'ws'

declare module 'vitest' {
  interface ProvidedContext {
    /** The WebSocket address that pages of the tests relay through. */
    relay: string
  }
}

/** Bytes of one message that the relay takes, so that the limit of the peers is the one that is met. */
const relayed = 16 * 1_048_576

/**
 * A relay, so that both ends of a WebSocket may live in one page: `/room/<name>` joins two sockets, `/drop/<name>` cuts
 * both of a room, `/silent` never answers the upgrade, `/refused` hangs up on it.
 */
export async function setup(project: TestProject): Promise<() => void> {
  const server = createServer()
  const sockets = new WebSocketServer({ noServer: true, maxPayload: relayed })
  const rooms = new Map<string, Room>()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [, verb, name = ''] = (request.url ?? '').split('/')
    socket.on('error', () => {})
    if (verb === 'silent') return
    if (verb === 'refused') return void socket.destroy()
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const room = rooms.get(name) ?? new Room()
      rooms.set(name, room)
      if (verb === 'room') return room.enter(webSocket)
      room.drop()
      webSocket.close()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  project.provide('relay', `ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return () => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    server.close()
  }
}

/** Two sockets, and what the first sent before the second came. */
class Room {
  readonly #sockets: WebSocket[] = []
  readonly #early: [Buffer, boolean][] = []

  enter(socket: WebSocket): void {
    this.#sockets.push(socket)
    socket.on('message', (data: Buffer, isBinary) => this.#relay(socket, data, isBinary))
    socket.on('close', (code, reason) => this.#leave(socket, code, String(reason)))
    socket.on('error', () => {})
    if (this.#sockets.length === 2)
      for (const [data, isBinary] of this.#early.splice(0)) socket.send(data, { binary: isBinary })
  }

  drop(): void {
    for (const socket of this.#sockets) socket.terminate()
  }

  #relay(from: WebSocket, data: Buffer, isBinary: boolean): void {
    const to = this.#otherThan(from)
    if (to === undefined) this.#early.push([data, isBinary])
    else to.send(data, { binary: isBinary })
  }

  #leave(socket: WebSocket, code: number, reason: string): void {
    const other = this.#otherThan(socket)
    // 1005 and 1006 say that there was no close frame, and cannot be sent in one.
    if (code === 1005) other?.close()
    else if (code === 1006) other?.terminate()
    else other?.close(code, reason)
  }

  #otherThan(socket: WebSocket): WebSocket | undefined {
    return this.#sockets.find((other) => other !== socket)
  }
}
