import { expect, test } from 'vitest'
import { parse } from '../../src/codegen/load/parse.js'
import { answeredBy, Comparison } from '../../src/contract/compare.js'
import type { Description } from '../../src/contract/describe.js'
import type { Change } from '../../src/protocol/error.js'
import { documents, fileOf, generateProbe, generateReal, run } from './support.js'

/** What a generated file of this name describes. */
async function described(
  generated: Awaited<ReturnType<typeof generateReal>>,
): Promise<Description> {
  const text = fileOf(generated, '.shape.gen.ts').replace(/^export \{ explain \}.*$/m, '')
  return (await run(text))['description'] as Description
}

/** What changed between two descriptions, of every method. */
function changes(ours: Description, theirs: Description): Change[] {
  return (['service', 'client'] as const).flatMap((side) => {
    const others = answeredBy(side, theirs)
    return [...answeredBy(side, ours)].flatMap(([name, method]): Change[] => {
      const other = others.get(name)
      return other === undefined
        ? []
        : [...new Comparison(ours, theirs).methods(name, method, other).told]
    })
  })
}

const openRpc = [...documents].filter(([, text]) => text.includes('openrpc'))

test.each(openRpc)(
  'the stubs of %s have not drifted from the document itself',
  async (source, text) => {
    const document = parse(text, source) as Description
    const ours = await described(await generateReal(source))
    // What belongs to a subscription is no method of the stubs.
    for (const side of ['service', 'client'] as const)
      expect([...answeredBy(side, document).keys()]).toEqual(
        expect.arrayContaining([...answeredBy(side, ours).keys()]),
      )
    expect(changes(ours, document)).toEqual([])
    expect(changes(document, ours)).toEqual([])
  },
)

test.each([...documents.keys()])(
  'what describes %s gives the same stubs, without words',
  async (source) => {
    const [stubs, ours] = [await generateReal(source), await described(await generateReal(source))]
    const again = generateProbe(ours)
    const words = /^ *(\/\*\*.*\*\/|\/\*\*| \*.*)$\n/gm
    const bare = (text: string) => text.replaceAll(words, '')
    expect(bare(fileOf(again, '.check.gen.ts'))).toBe(bare(fileOf(stubs, '.check.gen.ts')))
  },
)
