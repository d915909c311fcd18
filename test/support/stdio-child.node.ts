import { connect } from 'node:net'
import { Peer } from 'bothways'
import { messagePack } from 'bothways/msgpack'
import { type FramingOption, spawn, stdio } from 'bothways/node'
import { respond } from './responder.js'

// Processes of their own that speak over their standard streams; the first argument says which.
const [, program, mode = 'respond', ...rest] = process.argv

/** The peer at the other end of stdin and stdout, answered as responder.ts does. */
function serve(framing: FramingOption = 'newline', consoleToStderr = false): Peer {
  const peer = new Peer(stdio({ framing, consoleToStderr }), { codec: messagePack() })
  respond(peer)
  peer.handle('exit', ([code, words]) => {
    process.stderr.write(words)
    process.exitCode = code
    // What was printed has left by then.
    setImmediate(() => process.exit())
  })
  peer.handle('crash', () => {
    setImmediate(() => {
      throw new RangeError('out of luck')
    })
  })
  peer.handle('afterTurn', (params) => new Promise((resolve) => setTimeout(resolve, 50, params)))
  return peer
}

const modes: Readonly<Record<string, () => unknown>> = {
  respond: () => serve(),
  contentLength: () => serve('contentLength'),
  lengthPrefix: () => serve('lengthPrefix'),

  /** Prints what it is told to. */
  talkative: () => {
    const peer = serve('contentLength', true)
    // biome-ignore lint/suspicious/noConsole: that it goes to stderr is what is tested.
    peer.handle('print', ([line]) => console.log(line))
  },

  /** Goes on whatever becomes of its streams, and says so when it is asked to end. */
  stubborn: () => {
    serve()
    process.on('SIGTERM', () => process.stderr.write('asked to end\n'))
    setInterval(() => {}, 60_000)
  },

  /** Has a socket open at the path it is given for as long as it lives, and starts nothing else. */
  watched: () => {
    serve()
    connect(rest[0] ?? '').unref()
  },

  /** Starts one of the above, and then waits for ever. */
  parent: async () => {
    new Peer(await spawn(process.execPath, [program ?? '', 'watched', rest[0] ?? '']))
    setInterval(() => {}, 60_000)
  },

  /** Calls one of the above, and closes. */
  caller: async () => {
    const peer = new Peer(await spawn(process.execPath, [program ?? '']), { hello: true })
    process.stdout.write(JSON.stringify(await peer.request('echo', [1])))
    await peer.close()
  },

  /** Starts what is not there. */
  misled: () => spawn('no-such-command').catch(({ message }) => process.stdout.write(message)),
}

await modes[mode]?.()
