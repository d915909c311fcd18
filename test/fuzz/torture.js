// Tries properties and fuzz with a seed nobody has tried, many times as often. What breaks is kept in test/fuzz/corpus.
import { spawnSync } from 'node:child_process'

const { BOTHWAYS_SEED = String(Date.now() % 2 ** 31), BOTHWAYS_RUNS = '30' } = process.env
process.stdout.write(
  `BOTHWAYS_SEED=${BOTHWAYS_SEED} BOTHWAYS_RUNS=${BOTHWAYS_RUNS} npm run torture\n`,
)
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'node',
    '--testTimeout',
    '3600000',
    'test/fuzz',
    'test/peer/properties',
    'test/transport/framing',
  ],
  { stdio: 'inherit', env: { ...process.env, BOTHWAYS_SEED, BOTHWAYS_RUNS } },
)
process.exitCode = status ?? 1
