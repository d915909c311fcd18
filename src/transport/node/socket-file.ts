import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, lstatSync, renameSync, rmSync, type Stats, statSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { errorCodes, RpcError } from '../../protocol/error.js'
import { checkPath, unavailable } from './socket-address.js'

/**
 * The file of a unix socket. A server binds a name of its own beside `path`, closes that to other users and only then
 * links it to `path`: nobody else can connect in between, and what another server has at `path` is never written over.
 * Node, which removes the name it bound when the server closes, never removes what is at `path`.
 */
export class SocketFile {
  /** The name to bind. */
  readonly bound: string
  readonly #path: string
  #ours: Stats | undefined

  /** Throws `unavailable` for a path that is too long, or a folder in which anybody could take the socket's place. */
  constructor(path: string) {
    this.#path = path
    this.bound = besides(path)
    checkPath(path)
    checkPath(this.bound)
    checkFolder(dirname(path))
  }

  /** Puts the socket that was bound at its path, with mode 0600. Rejects with `unavailable` where another is in use. */
  async publish(): Promise<void> {
    try {
      chmodSync(this.bound, 0o600)
      if (!this.#link()) {
        await removeStale(this.#path)
        if (!this.#link()) throw inUse(this.#path)
      }
      this.#ours = lstatSync(this.#path)
    } finally {
      rmSync(this.bound, { force: true })
    }
  }

  /** Removes the socket, unless another has taken its place. */
  remove(): void {
    if (this.#ours !== undefined) take(this.#path, this.#ours)
    this.#ours = undefined
  }

  #link(): boolean {
    try {
      linkSync(this.bound, this.#path)
      return true
    } catch (cause) {
      if (codeOf(cause) === 'EEXIST') return false
      throw unavailable(`cannot listen at ${this.#path}`, cause)
    }
  }
}

/** A name in the folder of `path` that nobody else has. */
function besides(path: string): string {
  // With a letter first: Node takes a path such as ".12345678" for a port, and refuses it.
  return join(dirname(path), `.b${randomBytes(4).toString('hex')}`)
}

function checkFolder(folder: string): void {
  const { mode, uid } = statOf(folder)
  const isSticky = (mode & 0o1000) !== 0
  const isOpen = (mode & 0o002) !== 0
  if (!isOpen || isSticky) return
  throw new RpcError(
    errorCodes.unavailable,
    `cannot listen in ${folder}: anybody may put a socket of theirs in place of this one`,
    { hint: uid === process.getuid?.() ? `chmod 700 ${folder}` : 'choose a folder of your own' },
  )
}

function statOf(folder: string): Stats {
  try {
    return statSync(folder)
  } catch (cause) {
    throw unavailable(`cannot listen in ${folder}`, cause)
  }
}

/** Removes what a server that is gone has left at `path`. Rejects with `unavailable` where that is not proven. */
async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw taken(path, 'is there already, and is no socket')
  if (found.uid !== process.getuid?.()) throw taken(path, 'is the socket of another user')
  const answer = await knock(path)
  if (answer === undefined) throw inUse(path)
  if (answer !== 'ECONNREFUSED') throw taken(path, `is there already, and answers ${answer}`)
  take(path, found)
}

/** The code with which the socket at `path` refuses; none where a server takes the connection. */
function knock(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket.once('error', (cause) => resolve(codeOf(cause) ?? 'an error'))
    socket.once('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
  })
}

/** Removes `path` if it still is `expected`, and leaves alone what has come in its place, even just now. */
function take(path: string, expected: Stats): void {
  const aside = besides(path)
  try {
    renameSync(path, aside)
    const found = lstatSync(aside)
    const isExpected = found.ino === expected.ino && found.dev === expected.dev
    if (!isExpected) linkSync(aside, path)
    rmSync(aside)
  } catch {
    // It is gone already, or somebody has taken the place: there is nothing of ours left to remove.
  }
}

function inUse(path: string): RpcError {
  return taken(path, 'is in use', 'another server, perhaps this very one, listens there')
}

function taken(path: string, what: string, hint = 'remove it or choose another path'): RpcError {
  return new RpcError(errorCodes.unavailable, `${path} ${what}`, { hint })
}

function codeOf(cause: unknown): string | undefined {
  return (cause as NodeJS.ErrnoException).code
}
