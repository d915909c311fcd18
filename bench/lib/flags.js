import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const results = fileURLToPath(new URL('../results/', import.meta.url))
const tables = ['ws', 'unix', 'stdio', 'port', 'memory', 'size']

/** What the command line asks for, every default filled in. */
export function readFlags() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      peers: { type: 'string' },
      tables: { type: 'string', default: tables.join() },
      out: { type: 'string' },
    },
  })
  const { quick } = values
  return {
    quick,
    rounds: positive(values.rounds ?? (quick ? '1' : '9')),
    /** How much longer or shorter than usual everything is run. */
    scale: quick ? 0.4 : 1,
    peers: values.peers?.split(','),
    tables: known(values.tables.split(',')),
    out: values.out ?? `${results}${quick ? 'quick' : 'full'}.json`,
  }
}

function positive(text) {
  const rounds = Number(text)
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error(`--rounds ${text} is no count`)
  return rounds
}

function known(names) {
  const unknown = names.filter((name) => !tables.includes(name))
  if (unknown.length > 0) throw new Error(`no table "${unknown}"; there are: ${tables.join(', ')}`)
  return names
}
