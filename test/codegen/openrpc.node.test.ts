import { expect, test } from 'vitest'
import { Report } from '../../src/codegen/diagnostic.js'
import { emitOpenRpc } from '../../src/codegen/emit/emit-openrpc.js'
import { folderOrigin } from '../../src/codegen/load/origin.js'
import { parse } from '../../src/codegen/load/parse.js'
import { readReferenced } from '../../src/codegen/load/referenced.js'
import { Sources } from '../../src/codegen/load/sources.js'
import type { ContractModel } from '../../src/codegen/model.js'
import { readDocument } from '../../src/codegen/read/readers.js'
import { documents, pathOf } from './support.js'

const file = 'again.openrpc.json'

/** The model with references by name and without a place: what two models that mean the same agree in. */
function meaningOf({ types, methods, ...rest }: ContractModel): unknown {
  const nameOf = (id: string) => types.get(id)?.name
  const named = JSON.parse(
    JSON.stringify(
      {
        ...rest,
        title: rest.title ?? rest.name,
        types: [...types.values()].map(({ name, type, docs }) => ({ name, type, docs })),
        methods,
      },
      (key, value) => (key === 'id' ? nameOf(value) : value),
    ),
  ) as { methods: { errors: unknown[] }[] }
  for (const method of named.methods)
    method.errors.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
  return named
}

test.each([...documents])('%s means the same as OpenRPC, and read back', async (source, text) => {
  const value = parse(text, source)
  const { documents } = await readReferenced(value, source, folderOrigin(pathOf('.')))
  const sources = new Sources(new Map([[source, value], ...documents]))
  const model = readDocument(sources, source, undefined, new Report())
  const written = emitOpenRpc(model, 'probe')
  const again = new Report()
  const back = readDocument(
    new Sources(new Map([[file, JSON.parse(written)]])),
    file,
    model.name,
    again,
  )
  expect(meaningOf(back)).toEqual(meaningOf(model))
  expect(again.warnings).toEqual([])
  expect(emitOpenRpc(back, 'probe')).toBe(written)
})
