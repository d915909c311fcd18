import { Child } from './child.js'
import { clientCore, pin, serverCore } from './pin.js'
import { Round } from './round.js'

const depths = [1, 64, 512]

/** One round over a unix socket, over stdio, or between two threads: calls at each depth. */
export function overRound(over) {
  return async (peers, scale) => {
    const round = new Round(peers.filter((peer) => peer.over?.[over]).map(launch))
    await round.through((entry) => connect(entry, over))
    await round.through(({ client }) => client.ask('check'))
    for (const depth of depths)
      await round.through(({ client }) =>
        client.ask('flight', { depth, milliseconds: 200 * scale, settle: 0 }),
      )
    for (const depth of depths) {
      await round.measure(
        ({ client }) => client.ask('flight', { depth, milliseconds: 400 * scale, settle: 50 }),
        ({ rate }) => ({ [`rate${depth}`]: rate }),
      )
    }
    await round.end()
    return round
  }
}

function launch(peer) {
  const server = new Child()
  const client = new Child()
  return { peer, server, client, children: [server, client] }
}

/** Over stdio and a port the client starts the other end itself, and the server it was given is idle. */
async function connect({ peer: { name }, server, client }, over) {
  const path = over === 'unix' ? (await server.ask('serveOver', { name, over })).path : undefined
  const { pid = server.pid } = await client.ask('connectOver', { name, over, path })
  pin(pid, serverCore)
  // Two threads of one process need both cores.
  if (over !== 'port') pin(client.pid, clientCore)
}
