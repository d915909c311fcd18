import { existsSync, type FSWatcher, watch as watchFolder } from 'node:fs'
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

/**
 * Changes of files, of which the folders are watched: a file that is replaced is another one, and some are yet to come.
 * So are some folders, which are waited for in the nearest that is there.
 */
class Changes {
  readonly #watchers = new Map<string, FSWatcher>()
  /** The names that matter, by folder. */
  #names: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  #timer: ReturnType<typeof setTimeout> | undefined
  #changed = false
  #wake = () => {}
  hasStopped = false

  follow(files: readonly string[]): void {
    this.#names = namesByFolder(files)
    for (const folder of this.#watchers.keys()) if (!this.#names.has(folder)) this.#forget(folder)
    for (const folder of this.#names.keys()) if (!this.#watchers.has(folder)) this.#watch(folder)
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
      const watcher = watchFolder(folder, (event, name) => this.#see(folder, event, name))
      watcher.on('error', () => this.#lose(folder))
      this.#watchers.set(folder, watcher)
    } catch {
      // It has just gone, and so have its files, which the run says.
    }
  }

  #see(folder: string, event: string, name: string | null): void {
    // What is told of the folder itself has its own name. One that is made again is another, even if it is there by now.
    const isOfItself = event === 'rename' && name === basename(folder)
    if (isOfItself || !existsSync(folder)) return this.#lose(folder)
    if (name === null || this.#names.get(folder)?.has(basename(name))) this.#note()
  }

  /** A folder that goes away takes its files along; the next run says so, and looks where they are to be waited for. */
  #lose(folder: string): void {
    this.#forget(folder)
    this.#note()
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
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

/** The names of `files` by their folders, or of the folders that they wait for. */
function namesByFolder(files: readonly string[]): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>()
  for (const file of files) {
    let path = resolve(file)
    while (!existsSync(dirname(path)) && dirname(path) !== path) path = dirname(path)
    const folder = dirname(path)
    names.set(folder, (names.get(folder) ?? new Set()).add(basename(path)))
  }
  return names
}
