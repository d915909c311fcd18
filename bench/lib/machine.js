import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, type } from 'node:os'
import { pins } from './pin.js'
import { quantile } from './stats.js'

/** Where the figures come from: they mean nothing without it. */
export function machine(peers, others) {
  return {
    cpu: cpus()[0].model,
    cores: availableParallelism(),
    system: `${type()} ${release()}`,
    node: process.version,
    pinned: pins,
    versions: versionsOf(peers),
    /** Cores that other programs kept busy while something was measured. */
    othersMedian: quantile(others, 0.5),
    othersMost: quantile(others, 1),
  }
}

function versionsOf(peers) {
  const packages = new Set(['ws', ...peers.flatMap(({ packages = [] }) => packages)])
  return Object.fromEntries([...packages].map((name) => [name, versionOf(name)]))
}

function versionOf(name) {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')).version
}

/** CPU time that the whole machine has spent, in seconds; the system counts it in hundredths. */
export function busySeconds() {
  const times = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq)
  return times.reduce((sum, each) => sum + each) / 1000
}
