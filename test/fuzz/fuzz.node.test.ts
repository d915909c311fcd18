import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentLength, type Framing, lengthPrefix, newline } from 'bothways/node'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { holds } from '../support/property.js'
import { type Input, lines, packedFrames, stream } from './inputs.js'
import { framed, packed, peer, type Target } from './targets.js'

const little = lengthPrefix({ endian: 'little' })
const overStream = (framing: Framing) => ({
  input: stream(framing.encode),
  target: framed(framing),
})

/** What is fuzzed, by the name of its folder in the corpus. */
const targets: Readonly<Record<string, { readonly input: Input; readonly target: Target }>> = {
  newline: overStream({
    ...newline,
    encode: (texts) => newline.encode(texts.filter((text) => newline.faultIn(text) === undefined)),
  }),
  'content-length': overStream(contentLength),
  'length-prefix-big': overStream(lengthPrefix()),
  'length-prefix-little': overStream(little),
  peer: { input: lines, target: peer },
  packed: { input: packedFrames, target: packed },
}

const corpus = 'test/fuzz/corpus'
const isTorture = process.env['BOTHWAYS_RUNS'] !== undefined

const unhandled: unknown[] = []
const note = (reason: unknown) => unhandled.push(reason)
/** What nobody handles, and what Node itself would print. */
const events = ['unhandledRejection', 'uncaughtException', 'warning'] as const
beforeEach(() => {
  for (const event of events) process.on(event as 'warning', note)
})
afterEach(() => {
  for (const event of events) process.off(event, note)
  expect(unhandled.splice(0)).toEqual([])
})

describe.each(Object.entries(targets))('%s', (name, { input, target }) => {
  const folder = join(corpus, name)

  test.each(readdirSync(folder))('keeps its promises for %s', { timeout: 60_000 }, async (file) => {
    const bytes = readFileSync(join(folder, file))
    const everywhere = Array.from(bytes, (_, place) => place)
    for (const cuts of [[], everywhere, everywhere.filter((place) => place % 7 === 0)])
      await target(new Uint8Array(bytes), cuts)
  })

  test(
    'keeps its promises for anything that comes, in any chunks',
    async () => {
      const cuts = fc.array(fc.nat(), { maxLength: 8 })
      const property = fc.asyncProperty(input, cuts, async (bytes, places) => {
        try {
          await target(bytes, places)
          expect(unhandled.splice(0)).toEqual([])
        } catch (reason) {
          if (isTorture) keep(folder, bytes)
          throw reason
        }
      })
      await holds(property, 300)
    },
    isTorture ? 3_600_000 : 60_000,
  )
})

/** Keeps what broke a promise, to be committed beside its cure. The last that is kept is the shortest. */
function keep(folder: string, bytes: Uint8Array): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'found'), bytes)
}
