import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** The demo extension, in a process of its own. */
export class DemoExtension {
  readonly #process: ChildProcess
  #isStopping = false

  /** Starts `program` with `environment` beside that of this process. Says on stderr when it ends without `stop`. */
  constructor(program: string, environment: Readonly<Record<string, string>>) {
    this.#process = spawn(process.execPath, [program], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    this.#process.on('error', ({ message }) => this.#lost(`did not start: ${message}`))
    this.#process.on('exit', (code, signal) =>
      this.#lost(`ended: ${signal ?? `exit code ${code}`}`),
    )
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Ends the process, and resolves once it has gone. */
  async stop(): Promise<void> {
    this.#isStopping = true
    const { pid, exitCode, signalCode } = this.#process
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    this.#process.kill('SIGTERM')
    await once(this.#process, 'exit')
  }

  #lost(how: string): void {
    if (this.#isStopping) return
    console.error(`the demo extension ${how}`)
    console.error('  the hub goes on without it; to have it back, press Ctrl+C and run this again')
  }
}
