import type { ChildProcess } from 'node:child_process'
import { errorCodes, RpcError } from '../../protocol/error.js'
import { after, type Runtime, systemRuntime } from '../../runtime.js'
import { type ByteSink, type ByteStream, wordsOf } from '../byte-stream.js'
import { type FramedOptions, framedTransport } from '../framed.js'
import { closeWait } from '../limits.js'
import type { CloseReason, Transport } from '../transport.js'
import { LastWords } from './last-words.js'
import { NodeByteStream } from './node-stream.js'

/** How a child process is spoken to. */
export interface ChildProcessOptions extends FramedOptions {
  /** Is given what the child prints to stderr, as it comes. Default: only the end of it is kept, for the reason. */
  readonly onStderr?: (text: string) => void
}

/**
 * Text frames over the stdin and stdout of `child`, which nothing else reads or writes. Ends when the child does, with its
 * exit code or signal and the last 4 KiB that it printed to stderr as the reason: 1005 where the code is 0, otherwise
 * 1006. One that closes a pipe and lives on is ended, with that as the reason. `close` ends its stdin, sends SIGTERM after
 * 2 s, and SIGKILL after 2 more. Throws where it has no pipes.
 */
export function childProcess(child: ChildProcess, options: ChildProcessOptions = {}): Transport {
  return framedTransport(new ChildStream(child, options), options)
}

class ChildStream implements ByteStream {
  readonly #child: ChildProcess
  readonly #pipes: ByteStream
  readonly #lastWords: LastWords
  readonly #runtime: Runtime
  #sink: ByteSink | undefined
  #cause: Error | undefined
  #pipesEnd: CloseReason | undefined
  #isDestroyed = false
  #isKilled = false
  #stopWaiting: () => void = () => {}

  constructor(child: ChildProcess, { onStderr, runtime = systemRuntime }: ChildProcessOptions) {
    const { stdin, stdout, stderr } = child
    if (stdin === null || stdout === null) {
      throw new RpcError(errorCodes.unavailable, 'the child process has no pipes to speak over', {
        hint: 'start it with stdio: ["pipe", "pipe", "pipe"]',
      })
    }
    this.#child = child
    this.#runtime = runtime
    // Before anything else: where the command cannot be started, an error that nobody hears ends this process.
    child.on('error', (cause) => (this.#cause ??= cause))
    this.#pipes = new NodeByteStream(stdout, stdin)
    this.#lastWords = new LastWords(stderr, onStderr)
  }

  get buffered(): number {
    return this.#pipes.buffered
  }

  get written(): number | undefined {
    return this.#pipes.written
  }

  get #isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  open(sink: ByteSink): void {
    this.#sink = sink
    this.#pipes.open({
      chunk: (bytes) => sink.chunk(bytes),
      drained: () => sink.drained(),
      // A child that says no more has nothing left to be answered for.
      ended: () => sink.ending(),
      ending: () => sink.ending(),
      closed: (reason) => this.#pipesClosed(reason),
    })
    this.#child.once('exit', () => this.#exited())
    // After the exit, when all that was printed has been read.
    this.#child.once('close', () => this.#closed())
  }

  read(): void {
    this.#pipes.read()
  }

  write(bytes: Uint8Array): void {
    this.#pipes.write(bytes)
  }

  end(): void {
    this.#pipes.end()
  }

  destroy(): void {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    if (this.#isGone || this.#child.pid === undefined) return this.#letGo()
    this.#isKilled = true
    this.#child.kill('SIGTERM')
    this.#stopWaiting = after(this.#runtime, closeWait, () => this.#child.kill('SIGKILL'))
  }

  #exited(): void {
    this.#stopWaiting()
    this.#sink?.ending()
    if (this.#isDestroyed) this.#letGo()
  }

  /** Leaves pipes that something the child has started may hold open. */
  #letGo(): void {
    this.#pipes.destroy()
    this.#child.stderr?.destroy()
  }

  #pipesClosed(reason: CloseReason): void {
    this.#pipesEnd = reason
    // One that was handed over after it had ended tells nothing any more.
    if (this.#isGone && (this.#child.stderr?.closed ?? true)) this.#closed()
  }

  #closed(): void {
    this.#stopWaiting()
    this.#sink?.closed(this.#reason())
    this.#sink = undefined
  }

  #reason(): CloseReason {
    const { exitCode, signalCode } = this.#child
    if (this.#child.pid === undefined)
      return { code: 1006, reason: `cannot be started: ${wordsOf(this.#cause)}` }
    if (!this.#isGone) return this.#pipesEnd ?? unknown
    const how = signalCode === null ? `exited with code ${exitCode}` : `was ended by ${signalCode}`
    const own = { code: exitCode === 0 ? 1005 : 1006, reason: how }
    // One that was ended from here had closed a pipe before: that is why.
    const { code, reason } = (this.#isKilled && this.#pipesEnd) || own
    const { text } = this.#lastWords
    return { code, reason: text === '' ? reason : `${reason}: ${text}` }
  }
}

const unknown: CloseReason = { code: 1006, reason: 'the child process is gone' }
