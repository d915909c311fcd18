import { Child } from './child.js'
import { Round } from './round.js'

const depths = [1, 64]

/** One round in one process: both ends of a peer, JSON text handed over in a microtask. */
export async function memoryRound(peers, scale) {
  const round = new Round(peers.filter(({ pair }) => pair).map(launch))
  await round.through(({ peer: { name }, child }) => child.ask('pair', { name }))
  await round.through(({ child }) => child.ask('check'))
  for (const depth of depths)
    await round.through(({ child }) => child.ask('lanes', { depth, milliseconds: 250 * scale }))
  for (const depth of depths) {
    await round.measure(
      ({ child }) => child.ask('lanes', { depth, milliseconds: 350 * scale }),
      (rate) => ({ [`rate${depth}`]: rate }),
    )
  }
  await round.end()
  return round
}

function launch(peer) {
  const child = new Child()
  return { peer, child, children: [child] }
}
