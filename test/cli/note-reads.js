import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

// Preloaded into the processes of a test: they run what is shipped, note which files they read, and wait at `held.md`
// until they are sent a signal.
const { readFile } = files
const released = once(process, 'SIGUSR2')
files.readFile = async (path, ...options) => {
  appendFileSync(process.env.NOTE_READS, `${path}\n`)
  if (String(path).endsWith('held.md')) await released
  return readFile(path, ...options)
}
syncBuiltinESMExports()
