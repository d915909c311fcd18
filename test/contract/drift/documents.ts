/** What orders was when the stubs were generated, and what it is now. */
export const [before, now] = [
  documentOf({
    version: '2.0.0',
    total: 'total',
    limit: false,
    item: { type: 'integer' },
    confirmed: { type: 'boolean' },
    last: 'remove',
  }),
  documentOf({
    version: '3.0.0',
    total: 'sum',
    limit: true,
    item: { type: 'string' },
    confirmed: { enum: ['yes', 'no'] },
    last: 'archive',
  }),
] as const

interface Version {
  readonly version: string
  /** What the total of an order is called. */
  readonly total: string
  /** Whether a limit must be given. */
  readonly limit: boolean
  readonly item: object
  readonly confirmed: object
  /** The method that comes last. */
  readonly last: string
}

function documentOf({ version, total, limit, item, confirmed, last }: Version): object {
  const text = { type: 'string' }
  const id = { name: 'id', required: true, schema: text }
  const order = { $ref: '#/components/schemas/Order' }
  return {
    openrpc: '1.3.2',
    info: { title: 'Orders', version },
    methods: [
      { name: 'get', params: [id], result: { name: 'order', schema: order } },
      {
        name: 'find',
        params: [
          { name: 'text', required: true, schema: text },
          { name: 'limit', required: limit, schema: { type: 'integer' } },
        ],
        result: { name: 'orders', schema: { type: 'array', items: order } },
      },
      { name: 'tail', params: [], 'x-kind': 'stream', 'x-item': { name: 'line', schema: item } },
      { name: 'refuse', params: [id], result: { name: 'nothing', schema: { type: 'null' } } },
      { name: 'ask', params: [], result: { name: 'answer', schema: text } },
      {
        name: 'confirm',
        'x-direction': 'serverToClient',
        params: [],
        result: { name: 'answer', schema: confirmed },
      },
      { name: last, params: [id], result: { name: 'done', schema: { type: 'boolean' } } },
    ],
    components: {
      schemas: {
        Order: {
          type: 'object',
          properties: { id: text, [total]: { type: 'number' }, parent: order },
          required: ['id', total],
        },
      },
    },
  }
}
