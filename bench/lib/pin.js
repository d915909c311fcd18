import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/**
 * Whether processes are pinned to cores. Where two processes run changes the time of one call by a factor of two, and
 * left alone the scheduler decides it by chance.
 */
export const pins = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

/** Keeps every thread of a process on one core, where that can be done. */
export function pin(pid, core) {
  if (pins) spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)])
}

export const serverCore = 0
export const clientCore = 1
