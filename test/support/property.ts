import { assert, type IAsyncPropertyWithHooks, type IPropertyWithHooks } from 'fast-check'

const environment = globalThis.process?.env

/** One seed, so that a run can be told again; BOTHWAYS_SEED takes another, and a failure prints it. */
const seed = Number(environment?.['BOTHWAYS_SEED'] ?? 20_261_120)

/** How many times as many examples are tried: `npm run torture` tries more. */
const times = Number(environment?.['BOTHWAYS_RUNS'] ?? 1)

/** Proves `property` by examples, `runs` of them. */
export async function holds<T>(
  property: IAsyncPropertyWithHooks<T> | IPropertyWithHooks<T>,
  runs = 200,
): Promise<void> {
  await assert(property, { seed, numRuns: runs * times })
}
