import { type ChildProcess, spawn as spawnBare } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Peer, type PeerOptions } from 'bothways'
import { type ChildTransport, type SpawnOptions, spawn } from 'bothways/node'
import { onTestFinished } from 'vitest'

/** Where npm put the counterparts. */
export const modules = 'test/peers/node_modules'

/** A peer whose other end is a program of somebody else, spoken to over its pipes. It ends with the test. */
export async function startPeer(
  command: string,
  args: readonly string[],
  options: SpawnOptions & PeerOptions,
): Promise<{ peer: Peer; transport: ChildTransport }> {
  const transport = await spawn(command, args, options)
  onTestFinished(() => void transport.child.kill('SIGKILL'))
  return { peer: new Peer(transport, options), transport }
}

/** A program of somebody else, which ends with the test. */
export function startProgram(command: string, args: readonly string[]): Program {
  const child = spawnBare(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  // Until its pipes are closed, some process that it started is there, and may write.
  const closed = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await closed
  })
  return new Program(child)
}

/** A program that runs, and what it prints. */
export class Program {
  readonly child: ChildProcess
  #printed = ''
  #wake: () => void = () => {}

  constructor(child: ChildProcess) {
    this.child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#printed += chunk
        this.#wake()
      })
    }
    child.on('error', (cause) => (this.#printed += `\n${cause.message}`))
    child.once('close', () => this.#wake())
  }

  /** What `pattern` first matches in all that was printed, once it was. Rejects where the program ends without it. */
  async printed(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.#printed.match(pattern)
      if (match !== null) return match
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`the program ended without ${pattern}: ${this.#printed}`)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

/** A port on which nobody listens now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A new folder, which goes with the test. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bothways-peers-'))
  // The last process of a browser may still write while the first has ended.
  const again = { maxRetries: 20, retryDelay: 100 }
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, ...again }))
  return folder
}
