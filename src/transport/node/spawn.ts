import { type ChildProcess, spawn as spawnChild } from 'node:child_process'
import { once } from 'node:events'
import type { Transport } from '../transport.js'
import { type ChildProcessOptions, childProcess } from './child-process.js'
import { unavailable } from './socket-address.js'

/** How a command is started and spoken to. */
export interface SpawnOptions extends ChildProcessOptions {
  /** Its working directory. Default: that of this process. */
  readonly cwd?: string | URL
  /** Its whole environment. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv
  /** Whether a shell runs it, as Windows needs for what is no `.exe`. Nobody else may choose the arguments then. Default false. */
  readonly shell?: boolean | string
}

/** The transport over the pipes of a child process. */
export interface ChildTransport extends Transport {
  readonly child: ChildProcess
}

/**
 * Starts `command` and resolves with the transport over its stdin and stdout once it runs, as `childProcess` has it.
 * Rejects with `unavailable`, naming the command, where it cannot be started.
 */
export async function spawn(
  command: string,
  args: readonly string[] = [],
  { cwd, env, shell = false, ...options }: SpawnOptions = {},
): Promise<ChildTransport> {
  try {
    const child = spawnChild(command, args, { cwd, env, shell, stdio: 'pipe', windowsHide: true })
    const transport = childProcess(child, options)
    await once(child, 'spawn')
    return Object.assign(transport, { child })
  } catch (cause) {
    throw unavailable(`cannot start "${command}"`, cause, advice)
  }
}

const advice = {
  ENOENT: 'is it installed and in PATH, and is there such a working directory?',
  EACCES: 'is it a file that may be executed?',
}
