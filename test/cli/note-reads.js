import { appendFileSync } from 'node:fs'
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

// Preloaded into the processes of a test: they run what is shipped, and note which files they read.
const { readFile } = files
files.readFile = (path, ...options) => {
  appendFileSync(process.env.NOTE_READS, `${path}\n`)
  return readFile(path, ...options)
}
syncBuiltinESMExports()
