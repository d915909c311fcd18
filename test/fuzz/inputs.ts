import { messagePack } from 'bothways/msgpack'
import { lengthPrefix } from 'bothways/node'
import fc from 'fast-check'
import { bytesOf } from '../support/bytes.js'

/** Bytes that another end may send. */
export type Input = fc.Arbitrary<Uint8Array>

const id = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 8 }) },
  fc.constantFrom<unknown>(null, '', '1', 1.5, -1, 2 ** 53, true, {}, []),
)

const anyName = fc.constantFrom<unknown>(
  'echo',
  'later',
  'never',
  'fail',
  'ask',
  'tell',
  'count',
  'sum',
  'serial',
  'latest',
  'nobody',
  'note',
  '__proto__',
  'constructor',
  'rpc.hello',
  'rpc.stream',
  'rpc.output',
  'rpc.input',
  'rpc.window',
  'rpc.discover',
  '$/cancelRequest',
  '$/progress',
  'x'.repeat(300),
  7,
  null,
)

const deep = fc
  .integer({ min: 1, max: 40 })
  .map((levels) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`))
const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), deep)

const failure = fc.oneof(fc.record({ code: fc.integer(), message: fc.string() }), anything)

const params = fc.oneof(
  fc.record(
    {
      id,
      token: id,
      method: anyName,
      params: anything,
      input: fc.oneof(fc.boolean(), anything),
      values: fc.oneof(fc.array(fc.integer(), { maxLength: 12 }), anything),
      done: fc.boolean(),
      error: failure,
      of: fc.constantFrom<unknown>('input', 'output', 'neither', null),
      consumed: fc.oneof(fc.integer({ min: -1, max: 200 }), anything),
      value: anything,
      protocol: fc.constantFrom<unknown>(1, 2, '1'),
      features: fc.oneof(fc.subarray(['frames', 'runs', 'meta', 'other']), anything),
      limits: fc.oneof(fc.record({ message: fc.integer(), inbound: fc.integer() }), anything),
    },
    { requiredKeys: [] },
  ),
  anything,
)

const call = fc.record(
  {
    jsonrpc: fc.oneof({ weight: 20, arbitrary: fc.constant('2.0') }, anything),
    id,
    method: anyName,
    params,
    meta: fc.oneof(fc.record({ timeoutMs: fc.oneof(fc.double(), anything) }), anything),
  },
  { requiredKeys: ['jsonrpc', 'method'] },
)

const answer = fc.record(
  { jsonrpc: fc.constant('2.0'), id, result: params, error: failure },
  { requiredKeys: ['jsonrpc', 'id'] },
)

/** What makes the two ends agree on frames, runs and meta, whichever of them asks. */
const said = { protocol: 1, features: ['frames', 'runs', 'meta'] }
const agreement = fc.oneof(
  fc.constant({ jsonrpc: '2.0', id: 'hello', method: 'rpc.hello', params: said }),
  fc.integer({ min: 1, max: 8 }).map((asked) => ({ jsonrpc: '2.0', id: asked, result: said })),
)

const message = fc.oneof(
  agreement,
  { weight: 4, arbitrary: call },
  { weight: 2, arbitrary: answer },
  anything,
)
/** A run, as far as it is one: what it begins with may have no place there. */
const run = fc
  .tuple(message, fc.array(fc.oneof(params, fc.constant(null)), { maxLength: 4 }))
  .map(([first, bodies]): unknown => [first, ...bodies])
const frame = fc.array(fc.oneof({ weight: 3, arbitrary: message }, run), { maxLength: 6 })
const text = fc.oneof(
  { weight: 8, arbitrary: message.map((value) => JSON.stringify(value)) },
  {
    weight: 2,
    arbitrary: frame.map((value) => JSON.stringify(value)),
  },
  fc.string({ unit: 'binary' }).map((line) => line.replaceAll('\n', ' ')),
)

/** Texts that are JSON-RPC, nearly, or not at all. */
export const texts = fc.array(text, { maxLength: 12 })

/** Lines for a peer. */
export const lines: Input = texts.map((all) => bytesOf(all.join('\n')))

/** Frames of MessagePack, each behind its length, with what may go wrong on the way. */
export const packedFrames: Input = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: damaged(packedFrame()) }, fc.uint8Array({ maxLength: 30 })),
    {
      maxLength: 6,
    },
  )
  .map((frames) => lengthPrefix().encode(frames))

function packedFrame(): Input {
  const { encode } = messagePack()
  const body = fc.oneof(fc.uint8Array({ maxLength: 40 }), params)
  const withBytes = fc
    .tuple(message, fc.constantFrom('params', 'result', 'values'), body)
    .map(([value, name, bytes]) => ({ ...Object(value), [name]: [bytes] }))
  const frame = fc.oneof(withBytes, fc.array(withBytes, { minLength: 1, maxLength: 4 }))
  return frame.map((value) => encode(value))
}

/** Frames as `framed` has them, with what may go wrong on the way: bytes changed, left out, put in, or nothing but noise. */
export function stream(framed: (texts: readonly string[]) => Uint8Array): Input {
  const whole = texts.map(framed)
  const parts = fc.array(
    fc.oneof(whole, fc.uint8Array({ maxLength: 20 }), fc.constantFrom(...pieces)),
    { maxLength: 4 },
  )
  const joined = parts.map((all) => Uint8Array.from(all.flatMap((part) => [...part])))
  return fc.oneof(whole, joined, damaged(whole))
}

/** The same with up to three bytes changed. */
function damaged(whole: Input): Input {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 })
  return fc.tuple(whole, damage).map(([bytes, places]) => {
    for (const [place, byte] of places) bytes[place % Math.max(1, bytes.length)] = byte
    return bytes
  })
}

const pieces = [
  'Content-Length: 2\r\n\r\n{}',
  'content-length:2\r\nX: y\r\n\r\n',
  'Content-Length: 0\r\n\r\n',
  'Content-Length: 9999\r\n\r\n',
  'Content-Length: 1e3\r\n\r\n',
  'Content-Type: x\r\n',
  '\r\n',
  '\n',
  '\r',
  ':',
  '{}\n',
  '\0\0\0\u0002{}',
  '\u0002\0\0\0{}',
  '\0\0\0\0',
  '\uffff',
  'x'.repeat(2_001),
  '\ufeff{}\n',
].map(bytesOf)
