import { errorCodes } from 'bothways'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contentLength } from '../../src/transport/framing/content-length.js'
import type { Framing } from '../../src/transport/framing/framing.js'
import { lengthPrefix } from '../../src/transport/framing/length-prefix.js'
import { newline } from '../../src/transport/framing/newline.js'
import { bytesOf, cut, decode, inChunks } from '../support/bytes.js'
import { holds } from '../support/property.js'
import { expand, type Input } from '../vectors/expand.js'
import { framing as vectorText } from '../vectors/vectors.js'

const framings: readonly (readonly [string, Framing])[] = [
  ['newline', newline],
  ['contentLength', contentLength],
  ['lengthPrefix, big-endian', lengthPrefix()],
  ['lengthPrefix, little-endian', lengthPrefix({ endian: 'little' })],
]

const texts = ['{"a":1}', '{"text":"é€😀"}', '[]', `"${'x'.repeat(300)}"`]

describe.each(framings)('%s', (_, framing) => {
  test('what is sent arrives, wherever its bytes are cut', () => {
    const bytes = framing.encode(texts)
    for (let place = 0; place <= bytes.length; place++)
      expect(decode(framing, cut(bytes, [place])).frames).toEqual(texts)
    expect(decode(framing, inChunks(bytes, 1))).toMatchObject({ frames: texts, isInside: false })
  })

  test('any texts arrive, in any chunks', async () => {
    const line = fc.string({ unit: 'binary', minLength: 1 }).map((text) => JSON.stringify(text))
    const places = fc.array(fc.nat(), { maxLength: 20 })
    await holds(
      fc.property(fc.array(line, { minLength: 1 }), places, (lines, cuts) => {
        const bytes = framing.encode(lines)
        const chunks = cut(bytes, cuts)
        const { frames, error, isInside } = decode(framing, chunks)
        expect({ frames, error, isInside }).toEqual({
          frames: lines,
          error: undefined,
          isInside: false,
        })
      }),
    )
  })

  test('any bytes are frames or the one error, however they are cut', async () => {
    const noise = fc.uint8Array({ maxLength: 300 })
    const likely = fc
      .array(
        fc.constantFrom(
          'Content-Length: 3\r\n\r\n',
          '\r\n',
          '\n',
          ':',
          '{}\n',
          '\0\0\0\u0001',
          '3',
          'é',
        ),
      )
      .map((parts) => bytesOf(parts.join('')))
    const places = fc.array(fc.nat(), { maxLength: 10 })
    await holds(
      fc.property(fc.oneof(noise, likely), places, (bytes, cuts) => {
        const whole = decode(framing, [bytes], 200)
        const parts = cut(bytes, cuts)
        const pieces = decode(framing, parts, 200)
        expect(pieces.frames).toEqual(whole.frames)
        expect(pieces.error?.code).toBe(whole.error?.code)
      }),
      1_000,
    )
  })

  test('a frame of the limit is taken, and one byte more refused with limit, value and size', () => {
    const limit = 100
    const exact = 'é'.repeat(50)
    expect(decode(framing, [framing.encode([exact])], limit).frames).toEqual([exact])
    for (const size of [1, 7, 1_000]) {
      const { frames, error } = decode(
        framing,
        inChunks(framing.encode(['{}', `${exact}x`]), size),
        limit,
      )
      expect(frames).toEqual(['{}'])
      expect(error).toMatchObject({
        code: errorCodes.limitExceeded,
        message: 'a message of 101 bytes is over the limit "message" of 100',
        data: { limit: 'message', value: 100, size: 101 },
      })
    }
  })

  test('a frame that is no UTF-8 arrives as bytes, and what follows it as it is', () => {
    const [before, after] = ['{}', '[]'] as const
    const place = framing.encode([before, 'ab']).length - 1
    const bytes = framing.encode([before, 'ab', after])
    bytes[framing === newline ? place - 1 : place] = 0xff
    expect(decode(framing, [bytes]).frames).toEqual([before, Uint8Array.of(0x61, 0xff), after])
  })

  test('bytes that would be taken for text are refused in words', () => {
    const fault = 'is bytes that begin as text does, and would be taken for text'
    expect(framing.faultIn(Uint8Array.of(1))).toBe(fault)
    expect(framing.faultIn(new Uint8Array(0))).toBe(fault)
    expect(framing.faultIn(Uint8Array.of(0x81))).toBeUndefined()
    expect(framing.faultIn('{}')).toBeUndefined()
  })

  test('bytes arrive among texts, wherever they are cut', () => {
    const packed = Uint8Array.of(0x81, 0, 10, 13, 0xc0, 0)
    const long = new Uint8Array(300).fill(0x90)
    const frames = ['{}', packed, long, '[]', '{}', packed]
    const bytes = framing.encode(frames)
    for (let place = 0; place <= bytes.length; place++)
      expect(decode(framing, cut(bytes, [place])).frames).toEqual(frames)
    expect(decode(framing, inChunks(bytes, 1))).toMatchObject({ frames, isInside: false })
    for (const length of [bytes.length - 1, bytes.length - 6])
      expect(decode(framing, [bytes.subarray(0, length)]).isInside).toBe(true)
  })

  test('bytes over the limit are refused before they come', () => {
    const [head, body] = [new Uint8Array(100).fill(0x90), new Uint8Array(101).fill(0x90)]
    expect(decode(framing, [framing.encode([head])], 100).frames).toEqual([head])
    const over = framing.encode([body])
    expect(decode(framing, [over.subarray(0, over.length - 101)], 100)).toMatchObject({
      frames: [],
      error: { code: errorCodes.limitExceeded, data: { limit: 'message', size: 101 } },
    })
  })

  test('eight times the bytes, one by one, take no more than some eight times as long', () => {
    const [short, long] = [50_000, 400_000].map((length) => framing.encode(['x'.repeat(length)]))
    if (short === undefined || long === undefined) throw new Error('there are two')
    expect(fastest(framing, long) / fastest(framing, short)).toBeLessThan(24)
  })
})

/** Milliseconds that `bytes`, one by one, take at best. */
function fastest(framing: Framing, bytes: Uint8Array): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now()
    const decoder = framing.decoder(bytes.length, () => {})
    for (let index = 0; index < bytes.length; index++)
      decoder.push(bytes.subarray(index, index + 1))
    return performance.now() - start
  })
  return Math.min(...times)
}

test('newline: a line ends with LF or CRLF, and blank ones are nothing', () => {
  const bytes = bytesOf('{}\r\n\r\n\n[]\n\r\n1\r2\n"rest')
  for (const size of [1, 2, 3, 100]) {
    expect(decode(newline, inChunks(bytes, size))).toMatchObject({
      frames: ['{}', '[]', '1\r2'],
      isInside: true,
    })
  }
})

test('newline: text with a line break is refused, for it would be two frames', () => {
  expect(newline.faultIn('{"a":\n1}')).toBe('has a line break, which ends a frame here')
})

test('a length that is claimed costs nothing before its bytes have come', () => {
  const limit = 4_000_000_000
  const decoder = lengthPrefix().decoder(limit, () => {})
  decoder.push(Uint8Array.of(0xee, 0, 0, 0, 1))
  expect(decoder.isInside).toBe(true)
})

test('lengthPrefix: the length is four bytes of the order that was asked for', () => {
  expect([...lengthPrefix().encode(['{}'])].slice(0, 4)).toEqual([0, 0, 0, 2])
  expect([...lengthPrefix({ endian: 'little' }).encode(['{}'])].slice(0, 4)).toEqual([2, 0, 0, 0])
})

// ── the vectors ──

interface Vector {
  readonly id: string
  readonly title: string
  readonly input: Input
  readonly delivery?: 'every2split' | { readonly chunk: number }
  readonly expect: {
    readonly messages?: number
    readonly connection: string
    readonly why?: string
  }
}

const vectors = JSON.parse(vectorText).vectors as readonly Vector[]
const run = vectors.filter(({ expect: { messages } }) => messages !== undefined)

/** Vectors about more than a decoder, and where they are run. */
const elsewhere: Readonly<Record<string, string>> = {
  'F-60': 'socket-ends.node.test.ts: a message that drips in is given up',
  'F-64':
    'socket-ends.node.test.ts: a process that is stopped and reads no more is given up with 4008',
  'F-65': 'socket-ends.node.test.ts: what was asked before the last byte is answered',
  'F-66': 'socket-ends.node.test.ts: a reset in the middle of a message',
  'F-68': 'below',
  'F-70': 'below',
}

test('every vector of a framing is run, or has a reason', () => {
  const ids = [...run.map(({ id }) => id), ...Object.keys(elsewhere)]
  expect(ids.sort()).toEqual(vectors.map(({ id }) => id).sort())
})

test.each(run)('$id: $title', ({ input, delivery, expect: expected }) => {
  const bytes = expand(input)
  const size = typeof delivery === 'object' ? delivery.chunk : bytes.length
  const ways: Iterable<Uint8Array>[] = [inChunks(bytes, size)]
  if (delivery === 'every2split')
    for (let place = 0; place < bytes.length; place++) ways.push(cut(bytes, [place]))
  for (const chunks of ways) {
    const { frames, error } = decode(contentLength, chunks)
    expect(frames).toHaveLength(expected.messages ?? 0)
    expect(error === undefined).toBe(expected.connection === 'open')
  }
})

test('F-68: a line that never ends is refused once it is over the limit', () => {
  const bytes = new Uint8Array(1_048_577).fill(0x61)
  const { error } = decode(newline, inChunks(bytes, 65_536))
  expect(error).toMatchObject({ code: errorCodes.limitExceeded, data: { size: 1_048_577 } })
})

test('F-70: JSON over several lines is several frames, and ends nothing', () => {
  const { frames, error } = decode(newline, [bytesOf('{\n"jsonrpc":"2.0",\n"method":"update"}\n')])
  expect(frames).toHaveLength(3)
  expect(error).toBeUndefined()
})

test('contentLength: a header of 4,096 bytes or 16 lines is taken, and one more refused', () => {
  const header = (more: string) => bytesOf(`${more}Content-Length: 2\r\n\r\n{}`)
  const padded = (length: number) =>
    header(`X: ${'x'.repeat(length - 'X: Content-Length: 2'.length - 6)}\r\n`)
  const lined = (count: number) => header('X: x\r\n'.repeat(count - 1))
  for (const size of [1, 100, 10_000]) {
    expect(decode(contentLength, inChunks(padded(4_096), size)).frames).toEqual(['{}'])
    expect(decode(contentLength, inChunks(lined(16), size)).frames).toEqual(['{}'])
    expect(decode(contentLength, inChunks(padded(4_097), size)).error).toMatchObject({
      code: errorCodes.protocol,
      message: 'a header is over 4096 bytes',
    })
    expect(decode(contentLength, inChunks(lined(17), size)).error).toMatchObject({
      code: errorCodes.protocol,
      message: 'a header has over 16 lines',
    })
  }
})
