import { EventEmitter, once } from 'node:events'
import { join } from 'bothways/client'
import {
  contract,
  type Description,
  event,
  notification,
  object,
  request,
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
    greet: request({ params: object({ name: string() }), result: string() }),
    note: notification({ params: unknown() }),
  },
  client: {
    choose: request(any),
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
    /** Resolves when the next note was taken. */
    noted: () => once(happened, 'noted'),
    flush: () => member.peer.flush(),
  }
}
