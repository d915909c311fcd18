import { Ajv } from 'ajv'
import { transform } from 'esbuild'
import * as s from 'superstruct'
import * as v from 'valibot'
import { z } from 'zod'
import { generate } from '../../dist/codegen.js'
import * as words from '../../dist/contract.js'

const line = {
  type: 'object',
  required: ['sku', 'quantity'],
  properties: { sku: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } },
}
const order = {
  type: 'object',
  required: ['id', 'total', 'state', 'lines'],
  properties: {
    id: { type: 'string' },
    total: { type: 'number' },
    state: { enum: ['open', 'paid'] },
    note: { type: 'string' },
    lines: { type: 'array', items: line },
  },
}
const value = (lines) => ({
  id: 'o-1',
  total: 12.5,
  state: 'open',
  lines: Array.from({ length: lines }, (_, index) => ({ sku: `s-${index}`, quantity: index + 1 })),
})

const validators = {
  bothways: await generated(),
  'bothways, TypeScript first': inWords(),
  ajv: new Ajv().compile(order),
  zod: zodOrder(),
  valibot: valibotOrder(),
  superstruct: superstructOrder(),
}

/** What validating a value costs, and what that is to parsing its text. */
export function validation() {
  const rows = [1, 100].flatMap((lines) => {
    const text = JSON.stringify(value(lines))
    const parsed = JSON.parse(text)
    const parse = nanoseconds(() => JSON.parse(text))
    return [
      [`${lines} lines, ${text.length} B`, 'JSON.parse', parse.toFixed(0), '1'],
      ...Object.entries(validators).map(([name, isValid]) => {
        if (isValid(parsed) !== true) throw new Error(`${name} refuses a valid order`)
        if (isValid({ ...parsed, total: '1' }) === true)
          throw new Error(`${name} takes a wrong order`)
        const cost = nanoseconds(() => isValid(parsed))
        return ['', name, cost.toFixed(0), (cost / parse).toFixed(3)]
      }),
    ]
  })
  return { title: 'Validation of an order', head: ['value', 'by', 'ns', '× JSON.parse'], rows }
}

async function generated() {
  const document = {
    openrpc: '1.3.2',
    info: { title: 'orders', version: '1' },
    methods: [],
    components: { schemas: { Order: order } },
  }
  const { files } = generate(document, { source: 'orders.openrpc.json' })
  const { code } = await transform(files.get('orders.check.gen.ts'), { loader: 'ts' })
  const { checkOrder } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  return (value) => checkOrder(value) === undefined
}

function zodOrder() {
  const schema = z.looseObject({
    id: z.string(),
    total: z.number(),
    state: z.enum(['open', 'paid']),
    note: z.string().optional(),
    lines: z.array(z.looseObject({ sku: z.string(), quantity: z.int().min(1) })),
  })
  return (value) => schema.safeParse(value).success
}

function valibotOrder() {
  const quantity = v.pipe(v.number(), v.integer(), v.minValue(1))
  const schema = v.looseObject({
    id: v.string(),
    total: v.number(),
    state: v.picklist(['open', 'paid']),
    note: v.optional(v.string()),
    lines: v.array(v.looseObject({ sku: v.string(), quantity })),
  })
  return (value) => v.is(schema, value)
}

function superstructOrder() {
  const schema = orderOf(s)
  return (value) => s.is(value, schema)
}

/** As a contract checks it that is written in TypeScript: the params of a request. */
function inWords() {
  const check = words.request({ params: orderOf(words) }).params
  return (value) => check(value) === undefined
}

/** The same words, of superstruct or of ours. */
function orderOf({ array, enums, integer, min, number, optional, string, type }) {
  return type({
    id: string(),
    total: number(),
    state: enums(['open', 'paid']),
    note: optional(string()),
    lines: array(type({ sku: string(), quantity: min(integer(), 1) })),
  })
}

/** The time one call takes, the best of several rounds. */
function nanoseconds(action) {
  let best = Number.POSITIVE_INFINITY
  let calls = 1
  for (let round = 0; round < 12; round++) {
    const started = performance.now()
    for (let call = 0; call < calls; call++) action()
    const spent = performance.now() - started
    if (spent < 30) calls *= 4
    else best = Math.min(best, (spent * 1e6) / calls)
  }
  return best
}
