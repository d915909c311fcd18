import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ServiceTransport } from 'bothways/ipc'
import { onTestFinished } from 'vitest'

/** Where the program listens. A pipe or socket has a path; a port of 0 is a free one. */
export type Listening =
  | { readonly path: string }
  | { readonly port: number }
  | { readonly webSocket: true; readonly port?: number }

interface Message {
  readonly type: string
  readonly channel: string
  readonly [name: string]: unknown
}

/** What the program prints, line by line. */
type Printed = {
  readonly listening?: string | number
  readonly received?: Message
  readonly left?: true
}

/** A service that speaks EkkoJS's wire, in a process of its own. */
export class EkkoService {
  readonly #child: ChildProcess
  readonly #printed: Printed[] = []
  #wake: () => void = () => {}
  /** Its port. */
  port = 0

  constructor(child: ChildProcess) {
    this.#child = child
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.#printed.push(JSON.parse(line))
      this.#wake()
    })
    child.once('exit', () => this.#wake())
  }

  /** Starts one; it ends with the test. */
  static async start(where: Listening): Promise<EkkoService> {
    const args = ['test/ipc/programs/ekko-service.mjs', JSON.stringify(where)]
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    const service = new EkkoService(child)
    onTestFinished(() => service.kill())
    const { listening } = await service.printed(({ listening }) => listening !== undefined)
    service.port = Number(listening)
    return service
  }

  /** Ends it as `kill -9` does. */
  async kill(): Promise<void> {
    if (this.#hasEnded()) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }

  publish(channel: string, data: unknown): void {
    this.#say({ publish: [channel, data] })
  }

  /** Sends bytes that may be no message to everybody who is connected. */
  raw(bytes: Uint8Array): void {
    this.#say({ raw: Buffer.from(bytes).toString('hex') })
  }

  /** The next message of this type that arrived there. */
  async received(type: string): Promise<Message> {
    const { received } = await this.printed(({ received }) => received?.type === type)
    return received as Message
  }

  /** The next line that fits, which is taken away with all before it. */
  async printed(fits: (line: Printed) => boolean): Promise<Printed> {
    for (;;) {
      const index = this.#printed.findIndex(fits)
      if (index >= 0) return this.#printed.splice(0, index + 1).at(-1) as Printed
      if (this.#hasEnded()) throw new Error('the program has ended')
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #say(command: unknown): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`)
  }
}

/** A new folder, which goes with the test. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bothways-ipc-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A folder of a program that has the package installed, with a manifest of each service, by name, of which `transport` says where it is. */
export function projectFolder(transports: Readonly<Record<string, ServiceTransport>>): string {
  const folder = freshFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(process.cwd(), join(folder, 'node_modules', 'bothways'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [name, transport] of Object.entries(transports)) writeManifest(folder, name, transport)
  return folder
}

/** Writes the manifest of seed or shorthand, with another transport, into the folder. */
export function writeManifest(folder: string, name: string, transport: ServiceTransport): void {
  const manifest = JSON.parse(readFileSync(`test/codegen/documents/${name}.ekko.ipc.json`, 'utf8'))
  manifest.service.transport = transport
  writeFileSync(join(folder, `${name}.ekko.ipc.json`), JSON.stringify(manifest))
}

/** Runs `file` in `folder`, and resolves with what it prints on either stream once it ends. */
export async function runNode(
  folder: string,
  args: readonly string[],
  node = process.execPath,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = { ...process.env, ...environment }
  const child = spawn(node, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
  await once(child, 'close')
  return text
}

/** A program that calls and hears `database-service`, and prints what came of it. */
export const program = `
import service, { call, getUserById, isConnected, subscribe } from 'ipc:database-service'
console.log(isConnected(), await getUserById(123), await service.createUser({ name: 'Bob' }))
console.log(await call('getUserById', 9).catch(({ message }) => message))
await new Promise((resolve) => {
  subscribe('user.created', (data, event) => resolve(console.log(event, data)))
  console.log('subscribed')
})
await service.disconnect()
`

/** What it prints, once somebody has published { id: 7 }. */
export const printed = `false { id: 123, name: 'Ada', email: 'ada@example.org' } { id: 124, name: 'Bob' }
no user 9
subscribed
user.created { id: 7 }
`
