import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { closeCodes, defaultLimits, errorCodes } from 'bothways'
import { expect, test } from 'vitest'
import * as contractLimits from '../../src/contract/limits.js'
import * as hubLimits from '../../src/hub/limits.js'
import * as protocolLimits from '../../src/protocol/limits.js'
import * as transportLimits from '../../src/transport/limits.js'

const rows = readFileSync('docs/limits.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
  .map(([name = '', value = '', ...rest]) => ({
    name,
    value,
    over: rest.join(),
    proof: rest.at(-1),
  }))

/** The limits that the code has: constants that are numbers, and the defaults of a peer. */
const limits = Object.entries({
  ...defaultLimits,
  ...protocolLimits,
  ...transportLimits,
  ...hubLimits,
  ...contractLimits,
}).filter(([, value]) => typeof value === 'number')

test('docs/limits.md has every limit once, with its value', () => {
  const written = rows.map(({ name, value }) => [
    name.replaceAll('`', ''),
    Number(value.match(/^[\d,]+/)?.[0].replaceAll(',', '')),
  ])
  expect(written.sort()).toEqual(limits.sort())
})

test('each limit is proved by a test that there is', () => {
  for (const { name, proof = '' } of rows) {
    const [, title = '', path = ''] = proof.match(/^\[(.*)\]\((.*)\)$/) ?? []
    const file = join('docs', path)
    const holds = existsSync(file) && readFileSync(file, 'utf8').match(/'[^'\n]*'|"[^"\n]*"/g)
    expect([name, holds || []]).toEqual([
      name,
      expect.arrayContaining([expect.stringMatching(quoted(title))]),
    ])
  }
})

function quoted(title: string): RegExp {
  return new RegExp(`^['"]${title.replace(/[^\w\s]/g, '\\$&')}['"]$`)
}

test('codes and names in docs/limits.md are those of errors and closes', () => {
  const codes = rows.flatMap(({ over }) => [...over.matchAll(/−(\d+) `(\w+)`/g)])
  expect(codes.length).toBeGreaterThan(10)
  for (const [, code, name = ''] of codes)
    expect([name, errorCodes[name as keyof typeof errorCodes]]).toEqual([name, -Number(code)])
  const closes = rows.flatMap(({ over }) => over.match(/\b4\d{3}\b/g) ?? []).map(Number)
  expect(Object.values(closeCodes)).toEqual(expect.arrayContaining(closes))
})
