import { readdirSync } from 'node:fs'

const folder = new URL('../peers/', import.meta.url)
const kinds = ['ours', 'floor', 'library']

/** The peer of one file of `peers/`. */
export async function loadPeer(name) {
  const { peer } = await import(new URL(`${name}.js`, folder).href)
  return { name, label: name, ...peer }
}

/** The peers named, or all there are: ours, then the bare loop, then the libraries. */
export async function loadPeers(names) {
  const there = readdirSync(folder).map((file) => file.replace(/\.js$/, ''))
  const unknown = (names ?? []).filter((name) => !there.includes(name))
  if (unknown.length > 0) throw new Error(`no peer "${unknown}"; there are: ${there.join(', ')}`)
  const peers = await Promise.all((names ?? there).map(loadPeer))
  return peers.sort((one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind))
}
