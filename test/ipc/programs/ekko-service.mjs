// A service as EkkoJS has them, written from its description and sharing no code with the package: a length of four bytes,
// little-endian, then JSON. Listens where argv[2] says: { "path" }, { "port" } or { "webSocket": true }. Prints a line of JSON for all that arrives, and does what
// the lines of its stdin say: { "publish": [channel, data] }, { "raw": hexadecimal }, { "end": true }.
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { WebSocketServer } from 'ws'

const place = JSON.parse(process.argv[2])
const clients = new Set()
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

const users = new Map([[123, { id: 123, name: 'Ada', email: 'ada@example.org' }]])

const methods = {
  getuserbyid: (id) => users.get(id) ?? refuse('USER_NOT_FOUND', `no user ${id}`, { id }),
  createuser: (user) => ({ id: 124, ...user }),
  echo: (data) => data ?? null,
  nothing: () => null,
  never: () => undefined,
}

function refuse(code, message, details) {
  throw Object.assign(new Error(message), { code, details })
}

const stamped = (message) => ({
  messageId: randomUUID(),
  timestamp: new Date().toISOString(),
  metadata: null,
  correlationId: null,
  ...message,
})

function answer(client, { messageId, correlationId, channel, action, data }) {
  const beside = { type: 'Response', channel, action }
  try {
    const method =
      methods[action.toLowerCase()] ?? (() => refuse('METHOD_NOT_FOUND', `no ${action}`))
    const result = method(data)
    if (result !== undefined)
      client.send(stamped({ ...beside, correlationId, data: result, error: null }))
  } catch ({ code, message, details, stack }) {
    // As EkkoJS does it: an error carries the id of the message, and not its correlation.
    client.send(
      stamped({
        ...beside,
        messageId,
        data: null,
        error: { code, message, details, stackTrace: stack },
      }),
    )
  }
}

function publish(channel, data, except) {
  for (const client of clients)
    if (client !== except && client.channels.has(channel))
      client.send(stamped({ type: 'Event', channel, action: null, data }))
}

function receive(client, message) {
  print({ received: message })
  switch (message.type.toLowerCase()) {
    case 'request':
      return answer(client, message)
    case 'subscribe':
      return client.channels.add(message.channel)
    case 'unsubscribe':
      return client.channels.delete(message.channel)
    case 'event':
      return publish(message.channel, message.data, client)
  }
}

function accept(send, raw, end) {
  const client = { channels: new Set(), send, raw, end }
  clients.add(client)
  return client
}

function acceptSocket(socket) {
  const client = accept(
    (message) => {
      const body = Buffer.from(JSON.stringify(message))
      const header = Buffer.alloc(4)
      header.writeUInt32LE(body.length)
      // In as many writes as can be: what reads it must not care.
      socket.setNoDelay(true)
      socket.write(header.subarray(0, 1))
      socket.write(header.subarray(1))
      socket.write(body)
    },
    (bytes) => socket.write(bytes),
    () => socket.end(),
  )
  let kept = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    kept = Buffer.concat([kept, chunk])
    while (kept.length >= 4 && kept.length >= 4 + kept.readUInt32LE()) {
      const length = kept.readUInt32LE()
      receive(client, JSON.parse(kept.subarray(4, 4 + length).toString()))
      kept = kept.subarray(4 + length)
    }
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    clients.delete(client)
    print({ left: true })
  })
}

function acceptWebSocket(socket) {
  const client = accept(
    (message) => socket.send(JSON.stringify(message)),
    (bytes) => socket.send(bytes),
    () => socket.close(),
  )
  socket.on('message', (data) => receive(client, JSON.parse(String(data))))
  socket.on('close', () => clients.delete(client))
}

if (place.webSocket) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: place.port ?? 0 })
  server.on('connection', acceptWebSocket)
  server.on('listening', () => print({ listening: server.address().port }))
} else {
  const server = createServer(acceptSocket)
  // What was killed left its file behind.
  if (place.path) rmSync(place.path, { force: true })
  server.listen({ host: '127.0.0.1', ...place }, () =>
    print({ listening: server.address().port ?? place.path }),
  )
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line)
  if (command.publish) publish(...command.publish)
  if (command.raw) for (const client of clients) client.raw(Buffer.from(command.raw, 'hex'))
  if (command.end) for (const client of clients) client.end()
})
