import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { Report } from '../../../src/codegen/diagnostic.js'
import { folderOrigin } from '../../../src/codegen/load/origin.js'
import { parse } from '../../../src/codegen/load/parse.js'
import { readReferenced } from '../../../src/codegen/load/referenced.js'
import { Sources } from '../../../src/codegen/load/sources.js'
import type { Place } from '../../../src/codegen/model.js'
import { below, isJsonObject, type JsonObject, own, pointerOf } from '../../../src/codegen/place.js'
import { readOpenRpc } from '../../../src/codegen/read/openrpc.js'
import type { Check, Declared } from '../../../src/contract/shape.js'
import {
  documents,
  fileOf,
  generateProbe,
  type Json,
  pathOf,
  run,
  runContract,
} from '../support.js'
import { closed, type Documents, draft7, withoutUnchecked } from './dialect.js'
import { Sampler } from './sample.js'

const { Ajv: Oracle } = createRequire(import.meta.url)('ajv') as {
  Ajv: new (options: object) => Ajv
}

/** How many values are drawn for each schema, as long as one was valid, and how often each is changed. */
const [draws, tries, changes] = [12, 200, 6]

/** As much of ajv as is used: it is not among the packages that the types are checked with. */
interface Ajv {
  addSchema(schema: object): void
  compile(schema: object): ValidateFunction
}

interface ValidateFunction {
  (value: Json): boolean
  readonly errors?: readonly ErrorObject[] | null
}

interface ErrorObject {
  readonly keyword: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
}

/** One schema, as ajv and as the generated code check it. */
interface Subject {
  readonly name: string
  readonly schema: JsonObject
  readonly place: Place
  readonly check: Check
}

const openRpc = [...documents].filter(([file, text]) => isOpenRpc(parse(text, file)))

for (const [source] of openRpc) {
  for (const mode of ['as it is', 'without unknown members'] as const) {
    test(`the checks of ${source}, ${mode}, agree with ajv`, async () => {
      const given = await readDocuments(source)
      const read = mode === 'as it is' ? given : closed(given)
      const { subjects, plain } = await subjectsOf(source, read)
      const ajv = oracleFor(plain)
      const sampler = new Sampler(new Sources(plain), 7)
      const never: string[] = []
      for (const [index, subject] of subjects.entries()) {
        const validate = ajv.compile({ $id: `file:///${index}`, ...subject.schema })
        const valid = compareAll(subject, validate, sampler)
        if (valid === 0) never.push(subject.name)
      }
      expect(never).toEqual(mode === 'as it is' ? [] : (contradictory.get(source) ?? []))
    })
  }
}

/** What no value fits any more once nothing unknown is taken: members are required that no property describes. */
const contradictory: ReadonlyMap<string, string[]> = new Map([
  ['eth-infinitism-bundler.openrpc.json', ['eth_getUserOperationByHash result']],
  ['filecoin-lotus-eth.openrpc.json', ['eth_feeHistory result']],
])

function isOpenRpc(document: unknown): boolean {
  return isJsonObject(document) && 'openrpc' in document
}

async function readDocuments(source: string): Promise<Documents> {
  const root = parse(readFileSync(pathOf(source), 'utf8'), source)
  const { documents } = await readReferenced(root, source, folderOrigin(pathOf('.')))
  return new Map([[source, root], ...documents])
}

/** Everything in a document that a check is generated for, and the documents as ajv reads them. */
async function subjectsOf(source: string, documents: Documents) {
  const root = documents.get(source) as JsonObject
  const options = { source, documents }
  const generated = generateProbe(root, options)
  const plain = draft7(withoutUnchecked(documents, generated.warnings))
  const model = readOpenRpc(new Sources(documents), source, 'probe', new Report())
  const checks = await run(fileOf(generated, '.check.gen.ts'))
  const types = [...model.types].map(([id, { name }]): Subject => {
    const [file = '', pointer = ''] = id.split('#')
    const check = (checks[`check${name}`] as Check | undefined) ?? pass
    return { name, schema: referTo({ file, pointer }), place: { file, pointer: '' }, check }
  })
  const [, , { service, client }] = await runContract(root, { ...options, name: 'probe' })
  const methods = methodSubjects(source, plain, { ...service, ...client })
  return { subjects: [...types, ...methods], plain }
}

function methodSubjects(source: string, plain: Documents, messages: Declared): Subject[] {
  const sources = new Sources(plain)
  const root = plain.get(source) as JsonObject
  const place: Place = { file: source, pointer: '' }
  const methods = (root['methods'] as unknown[]).map((_, index) =>
    follow(sources, below(place, 'methods', index)),
  )
  const subscribed = Object.values(messages).flatMap(({ subscription }) =>
    Object.values(subscription ?? {}).flat(),
  )
  return methods.flatMap((at): Subject[] => {
    const method = valueAt(sources, at)
    const name = String(method['name'])
    const message = messages[name]
    if (message === undefined) {
      // What unsubscribes, and what brings the items, is part of the stream that is subscribed to.
      expect(subscribed).toContain(name)
      return []
    }
    const { params = pass, result = pass, subscription } = message
    const given =
      (method['params'] as unknown[]).length === 0
        ? []
        : [
            {
              name: `${name} params`,
              schema: paramsSchema(sources, at, method),
              place,
              check: params,
            },
          ]
    const isAnswered = own(method, 'result') !== undefined && subscription === undefined
    const answer = isAnswered ? [below(at, 'result')] : []
    return [
      ...given,
      ...answer.map((part) => {
        const schema = referTo(below(follow(sources, part), 'schema'))
        return { name: `${name} result`, schema, place, check: result }
      }),
    ]
  })
}

function paramsSchema(sources: Sources, at: Place, method: JsonObject): JsonObject {
  const params = (method['params'] as unknown[]).map((_, index) =>
    follow(sources, below(at, 'params', index)),
  )
  const properties: Record<string, unknown> = {}
  const required: string[] = []
  for (const place of params) {
    const { name, required: isRequired } = valueAt(sources, place)
    properties[String(name)] = referTo(below(place, 'schema'))
    if (isRequired === true) required.push(String(name))
  }
  return { type: 'object', properties, required }
}

/** Where a part of a document really stands. */
function follow(sources: Sources, place: Place): Place {
  const reference = own(valueAt(sources, place), '$ref')
  if (typeof reference !== 'string') return place
  const target = sources.locate(reference, place)
  if (!('place' in target)) throw new Error(`${place.pointer} leads nowhere`)
  return follow(sources, target.place)
}

function valueAt(sources: Sources, { file, pointer }: Place): JsonObject {
  const found = sources.locate(`#${encodeURI(pointer)}`, { file, pointer: '' })
  return 'value' in found && isJsonObject(found.value) ? found.value : {}
}

function referTo({ file, pointer }: Place): JsonObject {
  return { $ref: `${file}#${encodeURI(pointer)}` }
}

const pass: Check = () => undefined

function oracleFor(plain: Documents): Ajv {
  const ajv = new Oracle({
    strict: false,
    validateSchema: false,
    validateFormats: false,
    allErrors: true,
    ownProperties: true,
    multipleOfPrecision: 9,
    logger: false,
  })
  for (const [file, document] of plain) {
    const { $schema: _, ...rest } = document as JsonObject
    ajv.addSchema({ ...rest, $id: `file:///${file}` })
  }
  return ajv
}

/** Compares verdicts and places on values drawn for `subject` and on changed ones; returns how many were valid. */
function compareAll(subject: Subject, validate: ValidateFunction, sampler: Sampler): number {
  let valid = 0
  for (let drawn = 0; drawn < draws || (valid === 0 && drawn < tries); drawn++) {
    const value = sampler.draw(subject.schema, subject.place)
    if (compare(subject, validate, value)) valid++
    for (let change = 0; change < changes; change++)
      compare(subject, validate, sampler.mutate(value))
  }
  return valid
}

function compare({ name, check }: Subject, validate: ValidateFunction, value: Json): boolean {
  const isValid = validate(value)
  const fault = check(value)
  const errors = validate.errors ?? []
  if ((fault === undefined) !== isValid)
    expect.fail(`${name}: ${JSON.stringify({ value, fault, errors }).slice(0, 3000)}`)
  if (fault === undefined || errors.some(({ keyword }) => keyword === 'anyOf')) return isValid
  const places = errors.map(placeOf)
  if (!places.includes(fault.path))
    expect.fail(`${name}: ${JSON.stringify({ value, fault, places }).slice(0, 3000)}`)
  return isValid
}

/** Where an error of ajv is, in the way of a fault: at the member that is missing or must not be there. */
function placeOf({ instancePath, params }: ErrorObject): string {
  const member = params['missingProperty'] ?? params['additionalProperty']
  return member === undefined ? instancePath : instancePath + pointerOf([String(member)])
}
