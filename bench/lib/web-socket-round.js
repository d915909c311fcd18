import { Child } from './child.js'
import { clientCore, pin, serverCore } from './pin.js'
import { Round } from './round.js'

/** One round over WebSocket: a server and a client process for every peer, then each measure goes through them all. */
export async function webSocketRound(peers, scale) {
  const round = new Round(peers.filter(({ serve }) => serve).map(launch))
  await round.through(connect)
  await round.through(check)
  await round.through((ends) => warmUp(ends, 200 * scale))
  await round.measure(({ client }) => client.ask('latency', { milliseconds: 500 * scale }))
  await measureFlight(round, 64, 500 * scale)
  await measureFlight(round, 512, 500 * scale)
  await round.measure((ends) => notifications(ends, 400 * scale))
  await round.measure((ends) => items(ends, 400 * scale))
  for (const [figure, characters] of Object.entries({ kB64: 65_536, MB1: 1_000_000 }))
    await round.measure(async ({ client }) => ({
      [figure]: await client.ask('payload', { characters, milliseconds: 300 * scale }),
    }))
  await round.end()
  return round
}

function launch(peer) {
  const server = new Child()
  const client = new Child()
  return { peer, server, client, children: [server, client] }
}

async function connect({ peer: { name }, server, client }) {
  const { url } = await server.ask('serve', { name })
  await client.ask('connect', { name, url })
  pin(server.pid, serverCore)
  pin(client.pid, clientCore)
}

/** A peer that answers wrongly has no speed. */
async function check({ peer, server, client }) {
  await client.ask('check')
  if (!peer.lacks?.includes('callBack')) await server.ask('check')
  if (peer.lacks?.includes('notify')) return
  await server.ask('expectTicks', { count: 2 })
  await client.ask('notify', { count: 2 })
  await server.ask('arrival')
}

async function warmUp({ client }, milliseconds) {
  for (const depth of [64, 512, 1]) await client.ask('flight', { depth, milliseconds, settle: 0 })
}

function measureFlight(round, depth, milliseconds) {
  return round.measure(
    ({ client }) => client.ask('flight', { depth, milliseconds, settle: 100 }),
    ({ rate, calls }, cpu) => ({
      [`rate${depth}`]: rate,
      [`cpu${depth}`]: (cpu / calls) * 100_000,
    }),
  )
}

/** Only ours have streams that wait for their reader; the others' notifications, which are warm too, are what they are beside. */
async function items({ peer, client }, milliseconds) {
  if (peer.kind !== 'ours' || peer.plain) return {}
  await client.ask('items', { milliseconds: milliseconds / 4 })
  return { items: await client.ask('items', { milliseconds }) }
}

async function notifications({ peer, server, client }, milliseconds) {
  if (peer.lacks?.includes('notify')) return {}
  const perSecond = async (count) => {
    await server.ask('expectTicks', { count })
    const from = await client.ask('notify', { count })
    return count / ((await server.ask('arrival')) - from)
  }
  await perSecond(2_048)
  const guess = await perSecond(8_192)
  return { notify: await perSecond(Math.max(4_096, Math.round((guess * milliseconds) / 1000))) }
}
