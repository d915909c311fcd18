import { spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parentPort, Worker } from 'node:worker_threads'

/** The file of a process, or of a thread, that serves a peer over its standard streams or its port. */
export const farEnd = new URL('far-end.js', import.meta.url)

/** A line of text a message, over streams of bytes. */
export function lineWire(readable, writable) {
  return {
    send: (text) => writable.write(`${text}\n`),
    listen(receive) {
      let rest = ''
      readable.setEncoding('utf8')
      readable.on('data', (chunk) => {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop()
        for (const line of lines) receive(line)
      })
    },
  }
}

/** A posted string a message, over a port or a thread. */
function portWire(port) {
  return {
    send: (text) => port.postMessage(text),
    listen: (receive) => port.on('message', receive),
  }
}

/** Where a unix socket of this process may be. */
export function socketPath() {
  return join(tmpdir(), `bothways-bench-${process.pid}.sock`)
}

/** What `attach(wire, handlers)` makes of each of these transports. */
export function overLines(attach) {
  return {
    unix: {
      async serve(handlers, accepted) {
        const path = socketPath()
        const server = createServer((socket) =>
          accepted(attach(lineWire(socket, socket), handlers)),
        )
        await new Promise((resolve) => server.listen(path, resolve))
        return path
      },
      async connect(path, handlers) {
        const socket = connect(path)
        await new Promise((resolve, reject) => {
          socket.once('connect', resolve)
          socket.once('error', reject)
        })
        return attach(lineWire(socket, socket), handlers)
      },
    },
    stdio: {
      serve: (handlers) => attach(lineWire(process.stdin, process.stdout), handlers),
      connect(handlers, name) {
        const child = spawn(process.execPath, [farEnd.pathname, 'stdio', name], {
          stdio: ['pipe', 'pipe', 'inherit'],
        })
        return { end: attach(lineWire(child.stdout, child.stdin), handlers), pid: child.pid }
      },
    },
    port: {
      serve: (handlers) => attach(portWire(parentPort), handlers),
      connect: (handlers, name) => ({
        end: attach(portWire(new Worker(farEnd, { argv: ['port', name] })), handlers),
      }),
    },
  }
}
