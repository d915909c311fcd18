import { type Dialect, memoryPair, Peer } from 'bothways'
import * as entry from 'bothways/dialects'
import { describe, expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { Raw } from '../support/raw.js'
import { type Input, textOrBytes } from '../vectors/expand.js'
import { Fixtures } from '../vectors/fixtures.js'
import { badInput } from '../vectors/vectors.js'

interface Vector {
  readonly id: string
  readonly title: string
  readonly input: Input | { readonly steps: readonly { readonly receive?: string }[] }
  readonly mustNotContain?: readonly string[]
}

const vectors = (JSON.parse(badInput).vectors as Vector[]).filter(({ id }) => id.startsWith('J-'))

/** How each says that it calls `echo` with id `fence`, or `999999` where ids are numbers. */
const fences: readonly (readonly [Dialect, object])[] = [
  [entry.acp, { jsonrpc: '2.0', id: 'fence', method: 'echo', params: ['here'] }],
  [entry.cdp, { id: 999_999, method: 'echo', params: ['here'] }],
  [entry.ekko, { type: 'request', correlationId: 'fence', action: 'echo', data: 'here' }],
  [entry.jsonRpc1, { id: 'fence', method: 'echo', params: ['here'] }],
  [entry.lsp, { id: 'fence', method: 'echo', params: ['here'] }],
  [entry.mcp, { jsonrpc: '2.0', id: 'fence', method: 'count', params: { length: 'here' } }],
  [entry.ripple, { message: { jsonrpc: '2.0', id: 'fence', method: 'echo', params: ['here'] } }],
]

test('every dialect is tried', () => {
  const all = Object.values(entry).filter((value) => typeof value === 'object')
  expect(new Set(fences.map(([dialect]) => dialect))).toEqual(new Set(all))
})

/** The texts that a vector sends: itself, or the answers of its scenario, whatever was asked. */
function textsOf({ input }: Vector): readonly (string | Uint8Array)[] {
  if (typeof input === 'string' || !('steps' in input)) return [textOrBytes(input as Input)]
  return input.steps.flatMap(({ receive }) => (receive === undefined ? [] : [receive]))
}

describe.each(fences.map(([dialect, fence]) => [dialect.name, dialect, fence] as const))(
  'after bad input, in the dialect %s',
  (_, dialect, fence) => {
    const told = vectors.filter((vector) => 'repeatMessage' in Object(vector.input) === false)

    test.each(told)('a call is answered: $id: $title', async (vector) => {
      const [near, far] = memoryPair()
      const clock = new Clock()
      const peer = new Peer(near, { dialect, runtime: clock, redactErrors: true })
      new Fixtures(clock).serve(peer)
      const raw = new Raw(far)
      for (const text of textsOf(vector)) raw.send(text)
      raw.send(JSON.stringify(fence))
      while (!(await raw.nextText()).includes('here'));
      for (const secret of vector.mustNotContain ?? [])
        expect(raw.frames.join('\n')).not.toContain(secret)
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
      expect(peer.state).toBe('open')
      await peer.close()
    })
  },
)
