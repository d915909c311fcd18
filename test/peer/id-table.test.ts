import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdTable } from '../../src/peer/id-table.js'
import { holds } from '../support/property.js'

interface Call {
  readonly id: number
}

test('a table of ids forgets and finds as a Map does, whatever stays and whatever goes', async () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ skip: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ remove: fc.nat(200) }),
  )
  const property = fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
    const table = new IdTable<Call>()
    const model = new Map<number, Call>()
    let lastId = 0
    for (const action of steps) {
      if ('add' in action) {
        for (let count = 0; count < action.add; count++) {
          const call = { id: ++lastId }
          table.add(call)
          model.set(call.id, call)
        }
      } else if ('skip' in action) {
        lastId += action.skip
      } else {
        table.delete(action.remove)
        model.delete(action.remove)
      }
      expect(table.size).toBe(model.size)
      expect(table.values()).toEqual([...model.values()])
    }
    for (let id = 0; id <= lastId + 1; id++) expect(table.get(id)).toBe(model.get(id))
  })
  await holds(property)
})

test('one call that stays for ever does not make the table grow', () => {
  const table = new IdTable<Call>()
  table.add({ id: 1 })
  for (let id = 2; id < 100_000; id++) {
    table.add({ id })
    table.delete(id)
  }
  expect(table.values()).toEqual([{ id: 1 }])
})

test('what is no id of this end is never found', () => {
  const table = new IdTable<Call>()
  table.add({ id: 1 })
  for (const id of ['1', null, undefined, 1.5, -1, Number.NaN, { valueOf: () => 1 }, 2 ** 32 + 1]) {
    expect(table.get(id)).toBeUndefined()
  }
})
