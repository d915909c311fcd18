import { EventEmitter, once } from 'node:events'
import { join } from 'bothways/client'
import {
  boolean,
  contract,
  type Description,
  event,
  integer,
  notification,
  object,
  optional,
  request,
  stream,
  string,
  unknown,
} from 'bothways/contract'
import { onTestFinished } from 'vitest'
import type { Dev } from '../cli/dev.js'

const any = { params: unknown(), result: unknown() }

/** A service that the playground has never heard of. */
const lab = contract('lab', '1.0.0', {
  service: {
    echo: request(any),
    ask: request(any),
    hang: request(any),
    work: request(any),
    count: stream({
      params: object({ to: integer(), fails: optional(boolean()) }),
      result: string(),
    }),
    hold: stream({ item: integer() }),
    gather: request(any),
    greet: request({ params: object({ name: string() }), result: string() }),
    note: notification({ params: unknown() }),
  },
  client: {
    choose: request(any),
    feed: stream({ input: integer(), result: unknown() }),
    tick: event({ data: unknown() }),
  },
})

/** Its description, with a parameter of each kind. */
const description = {
  openrpc: '1.3.2',
  info: { title: 'lab', version: '1.0.0' },
  methods: [
    {
      name: 'echo',
      paramStructure: 'by-name',
      params: [
        { name: 'word', required: true, schema: { type: 'string' } },
        { name: 'times', required: true, schema: { type: 'integer', minimum: 1 } },
        { name: 'ratio', schema: { type: 'number' } },
        { name: 'loud', schema: { type: 'boolean' } },
        { name: 'colour', schema: { type: 'string', enum: ['red', 'green'] } },
        { name: 'point', required: true, schema: { $ref: '#/components/schemas/Point' } },
      ],
      result: { name: 'said', schema: true },
    },
    { name: 'ask', params: [], result: { name: 'answer', schema: true } },
    { name: 'hang', params: [], result: { name: 'nothing', schema: true } },
    { name: 'work', params: [], result: { name: 'done', schema: true } },
    {
      name: 'count',
      'x-kind': 'stream',
      paramStructure: 'by-name',
      params: [
        { name: 'to', required: true, schema: { type: 'integer' } },
        { name: 'fails', schema: { type: 'boolean' } },
      ],
      'x-item': { name: 'number', schema: { type: 'integer' } },
      'x-input': { name: 'pace', schema: { $ref: '#/components/schemas/Point' } },
      result: { name: 'said', schema: { type: 'string' } },
    },
    {
      name: 'hold',
      'x-kind': 'stream',
      params: [],
      'x-item': { name: 'number', schema: { type: 'integer' } },
    },
    { name: 'gather', params: [], result: { name: 'gathered', schema: true } },
    {
      name: 'greet',
      params: [{ name: 'name', required: true, schema: { type: 'string' } }],
      result: { name: 'greeting', schema: { type: 'string' } },
    },
    { name: 'note', 'x-kind': 'notification', params: [] },
    {
      name: 'choose',
      'x-direction': 'serverToClient',
      params: [{ name: 'from', required: true, schema: { type: 'array' } }],
      result: { name: 'chosen', schema: { type: 'string' } },
    },
    {
      name: 'feed',
      'x-direction': 'serverToClient',
      'x-kind': 'stream',
      params: [],
      'x-input': { name: 'number', schema: { type: 'integer' } },
      result: { name: 'verdict', schema: { type: 'boolean' } },
    },
    { name: 'tick', 'x-direction': 'serverToClient', 'x-kind': 'event', params: [] },
  ],
  components: {
    schemas: {
      Point: {
        type: 'object',
        required: ['x'],
        properties: { x: { type: 'integer' }, y: { type: 'integer' } },
      },
    },
  },
} as Description

/** Joins the hub of `dev` as the provider of the lab. */
export async function provideLab({ hub, token }: Dev) {
  const member = await join(hub, { name: 'lab bench', token })
  onTestFinished(() => member.leave())
  const withdraw = new AbortController()
  const happened = new EventEmitter()
  const { users } = await member.provide(
    lab,
    {
      echo: (params) => params,
      greet: ({ name }) => `Hello ${name}`,
      ask: (_params, { caller }) =>
        caller.choose({ from: ['tea', 'coffee'] }, { signal: withdraw.signal }),
      hang: (_params, { signal }) => {
        happened.emit('hung', signal)
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        )
      },
      work: async (_params, context) => {
        context.progress({ done: 1, total: 4 })
        await once(happened, 'step')
        context.progress('packing')
        await once(happened, 'step')
      },
      count: async function* ({ to, fails }) {
        for (let number = 0; number < to; number++) yield number
        if (fails) throw new Error('out of numbers')
        return 'counted'
      },
      hold: async function* (_params, { signal }) {
        happened.emit('hung', signal)
        try {
          yield 1
          await new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason)),
          )
        } finally {
          happened.emit('left')
        }
      },
      gather: (_params, { caller }) => caller.feed(undefined, { input: numbers() }).result,
      note: () => {
        happened.emit('noted')
      },
    },
    { description },
  )
  return {
    /** Tells everybody who uses the lab. */
    tick: (count: number) => users.tick({ count }),
    /** Takes back what `ask` asked. */
    withdraw: () => withdraw.abort(),
    /** Resolves with the signal of the next call that hangs. */
    hung: async () => ((await once(happened, 'hung')) as [AbortSignal])[0],
    /** Lets `work` go on. */
    step: () => happened.emit('step'),
    /** Resolves when the `finally` of a stream that was held has run. */
    left: () => once(happened, 'left'),
    /** Resolves when the next note was taken. */
    noted: () => once(happened, 'noted'),
    flush: () => member.peer.flush(),
  }
}

async function* numbers() {
  yield* [1, 2, 3]
}
