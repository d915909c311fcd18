import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Contract } from '../contract/contract.js'
import { describe } from '../contract/describe.js'
import { UsageError } from './usage-error.js'

/** Whether `input` is a module, which is run to find the contract in it. */
export function isModule(input: string): boolean {
  return /(?<!\.d)\.[cm]?[jt]s$/.test(input)
}

/** The OpenRPC document of the contract that the module at `path` exports, or of the one called `name`. */
export async function describeModule(path: string, name?: string): Promise<object> {
  const exported = Object.values(await run(path))
  const contracts = exported.filter(isContract)
  const [first, ...others] = contracts.filter(
    (contract) => (name ?? contract.name) === contract.name,
  )
  const distinct = others.filter((other) => other !== first)
  if (first === undefined) {
    const what = name === undefined ? 'no contract' : `no contract ${JSON.stringify(name)}`
    throw new UsageError(`${path} exports ${what}; export what contract() returns`)
  }
  if (distinct.length > 0) {
    const names = [first, ...distinct].map((contract) => contract.name)
    throw new UsageError(`${path} exports ${names.join(', ')}; choose one with --name`)
  }
  return describe(first)
}

// By its looks: the module may have another copy of this package.
function isContract(value: unknown): value is Contract<object, object> {
  if (typeof value !== 'object' || value === null) return false
  const { name, service, client, remote } = value as Partial<Contract<object, object>>
  const isNamed = typeof name === 'string' && typeof remote === 'function'
  return isNamed && typeof service === 'object' && typeof client === 'object'
}

async function run(path: string): Promise<object> {
  // Node keeps what it has imported once; the time of the last change makes it another module.
  const { mtimeMs } = await stat(path).catch(() => {
    throw new UsageError(`${path} does not exist; give the path of a document or a module`)
  })
  try {
    return await import(/* @vite-ignore */ `${pathToFileURL(resolve(path)).href}?at=${mtimeMs}`)
  } catch (error) {
    const { message, code } = error as { message?: string; code?: string }
    const advice =
      code === 'ERR_UNKNOWN_FILE_EXTENSION'
        ? 'run this with Node 22.18 or newer, which takes TypeScript, or give the module it is built to'
        : 'correct it, and try to import it yourself'
    throw new UsageError(
      `${basename(path)} cannot be imported: ${message ?? String(error)}; ${advice}`,
    )
  }
}
