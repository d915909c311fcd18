import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { readFlags } from './lib/flags.js'
import { checkGoals } from './lib/goals.js'
import { machine } from './lib/machine.js'
import { memoryRound } from './lib/memory-round.js'
import { overRound } from './lib/over-round.js'
import { loadPeers } from './lib/peers.js'
import { markdown } from './lib/report.js'
import { bundleSizes } from './lib/size.js'
import { webSocketRound } from './lib/web-socket-round.js'

const flags = readFlags()
const peers = await loadPeers(flags.peers)
const started = performance.now()
const data = {
  ws: [],
  unix: [],
  stdio: [],
  port: [],
  memory: [],
  size: {},
  others: [],
  problems: [],
}

await runRounds('ws', webSocketRound)
for (const over of ['unix', 'stdio', 'port']) await runRounds(over, overRound(over))
await runRounds('memory', memoryRound)
if (flags.tables.includes('size')) data.size = await bundleSizes(peers)

const result = {
  at: new Date().toISOString(),
  seconds: Math.round((performance.now() - started) / 1000),
  machine: machine(peers, data.others),
  settings: flags,
  peers: peers.map(({ name, label, kind, note }) => ({ name, label, kind, note })),
  ...data,
}
const report = markdown({ ...result, goals: checkGoals(result) })
const out = resolve(flags.out)
mkdirSync(dirname(out), { recursive: true })
writeFileSync(out, `${JSON.stringify(result)}\n`)
console.log(report)
say(out)
process.exitCode = data.problems.length > 0 ? 1 : 0

/** Runs the rounds of one table, beginning each with another peer: who goes first meets the coldest machine. */
async function runRounds(table, run) {
  if (!flags.tables.includes(table)) return
  for (let index = 0; index < flags.rounds; index++) {
    say(`${table}, round ${index + 1} of ${flags.rounds}`)
    const { figures, others, problems } = await run(rotated(peers, index), flags.scale)
    data[table].push(figures)
    data.others.push(...others)
    data.problems.push(...problems)
  }
}

function rotated(list, by) {
  return list.map((_, index) => list[(index + by) % list.length])
}

/** Progress goes to stderr, so that stdout is the report alone. */
function say(text) {
  const seconds = Math.round((performance.now() - started) / 1000)
  console.error(`${String(seconds).padStart(4)} s  ${text}`)
}
