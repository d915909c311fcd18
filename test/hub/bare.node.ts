import { on, once } from 'node:events'
import { connect } from 'node:net'
import { WebSocket } from 'ws'

/** Opens a WebSocket as a client that has never heard of this package. Rejects where it is refused. */
export async function openBare(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false })
  const messages = on(socket, 'message')
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })),
  )
  await once(socket, 'open')
  return {
    socket,
    closed,
    send: (message: unknown) =>
      socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: async (): Promise<unknown> => {
      const { value } = await messages.next()
      return JSON.parse(String(value[0]))
    },
  }
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** What a server answered to raw bytes. */
export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

/** Sends `text` over TCP, and resolves with the answer once the server has closed, or has switched protocols. */
export function sendBytes(port: number, text: string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    const finish = () => {
      socket.destroy()
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]), text: answer })
    }
    socket.on('data', (chunk) => {
      answer += chunk
      if (answer.startsWith('HTTP/1.1 101') && answer.includes('\r\n\r\n')) finish()
    })
    socket.on('error', reject)
    socket.on('close', finish)
  })
}

/** The bytes of a request to open a WebSocket, with `headers` added and, where undefined, left out. */
export function upgradeRequest(
  headers: Record<string, string | readonly string[] | undefined> = {},
  line = 'GET / HTTP/1.1',
): string {
  const all = {
    Host: '127.0.0.1',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([name, values = []]) =>
    [values].flat().map((value) => `${name}: ${value}\r\n`),
  )
  return `${line}\r\n${lines.join('')}\r\n`
}
