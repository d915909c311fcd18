import { printableLines } from '../codegen/printable.js'
import { generate } from '../codegen.js'
import { discoverAt, liveName } from './live.js'

/** Prints what is described at `address`, as OpenRPC or as the types of its stubs. Resolves with the exit code. */
export async function discover(
  address: string,
  service: string | undefined,
  isTypes: boolean,
): Promise<number> {
  const document = await discoverAt(address, service)
  process.stdout.write(
    isTypes
      ? typesOf(address, document, service)
      : `${printableLines(JSON.stringify(document, null, 2))}\n`,
  )
  return 0
}

function typesOf(address: string, document: object, service: string | undefined): string {
  const { files } = generate(document, {
    source: liveName(address, document, service),
    checks: false,
  })
  return [...files.values()][0] ?? ''
}
