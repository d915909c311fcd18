import { type FSWatcher, watch as watchFolder } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

/** How long after a change the next one is waited for, in milliseconds: editors write in several steps. */
const settling = 100

/**
 * Runs `action` now, and again whenever one of `files` has changed, which are asked for after every run, until `signal`
 * aborts. Changes during a run lead to one more.
 */
export async function watch(
  action: () => Promise<void>,
  files: () => readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const changes = new Changes()
  const stop = () => changes.stop()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  while (!changes.hasStopped) {
    // Before the run: what changes while it reads must not be missed.
    changes.follow(files())
    await action()
    changes.follow(files())
    await changes.next()
  }
  signal.removeEventListener('abort', stop)
}

/** Changes of files, of which the folders are watched: a file that is replaced is another one, and some are yet to come. */
class Changes {
  readonly #watchers = new Map<string, FSWatcher>()
  #files = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #changed = false
  #wake = () => {}
  hasStopped = false

  follow(files: readonly string[]): void {
    this.#files = new Set(files.map((file) => resolve(file)))
    const folders = new Set([...this.#files].map((file) => dirname(file)))
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watch(folder)
  }

  /** Resolves once something has changed and settled, or all is over. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = () => {}
        this.#changed = false
        resolve()
      }
      if (this.hasStopped || (this.#changed && this.#timer === undefined)) this.#wake()
    })
  }

  stop(): void {
    this.hasStopped = true
    clearTimeout(this.#timer)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#wake()
  }

  #watch(folder: string): void {
    try {
      const watcher = watchFolder(folder, (_, name) => {
        if (name === null || this.#files.has(resolve(folder, basename(name)))) this.#note()
      })
      // A folder that goes away takes its files along; that they are missing is said by the next run.
      watcher.on('error', () => this.#watchers.delete(folder))
      this.#watchers.set(folder, watcher)
    } catch {
      // It is not there yet, and so neither are its files, which the run has said.
    }
  }

  #note(): void {
    this.#changed = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#wake()
    }, settling)
  }
}
