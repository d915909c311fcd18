import { ArgumentError } from './argument-error.js'
import { chosenContractName, contractNameFrom } from './contract-name.js'
import { type Diagnostic, Report } from './diagnostic.js'
import { type Checks, emitChecks } from './emit/emit-checks.js'
import { emitContract } from './emit/emit-contract.js'
import { emitHubDeclaration, emitIpc, reportTaken } from './emit/emit-ipc.js'
import { emitMarkdown } from './emit/emit-markdown.js'
import { emitOpenRpc } from './emit/emit-openrpc.js'
import { emitShape } from './emit/emit-shape.js'
import { emitTypes } from './emit/emit-types.js'
import { headers } from './emit/header.js'
import { outputNames, sourceName } from './emit/output-names.js'
import { parse } from './load/parse.js'
import { Sources } from './load/sources.js'
import type { ContractModel } from './model.js'
import { only } from './only.js'
import { isManifest } from './read/manifest.js'
import { readDocument } from './read/readers.js'

export interface GenerateOptions {
  /** What the document is called in messages and in the header: its file name, or a path of which only that is used. */
  readonly source: string
  /** The name of the contract, an identifier. By default made of the file name before `.openrpc.`, else of the title. */
  readonly name?: string | undefined
  /** The module that generated code imports. By default `bothways/contract`. */
  readonly runtime?: string | undefined
  /** Whether checks are generated. By default they are. */
  readonly checks?: boolean | undefined
  /** Whether what describes the contract at run time is generated, to be loaded when it is needed. By default with checks. */
  readonly shape?: boolean | undefined
  /** The methods to generate for, by names in which `*` stands for anything. By default all. */
  readonly only?: readonly string[] | undefined
  /**
   * The file for the types, such as `src/orders.gen.ts`; the others are named after it. Or `orders.md` for a reference
   * to read, or `orders.openrpc.json` for an OpenRPC document.
   */
  readonly out?: string | undefined
  /** Whether the files are those for `import service from 'ipc:name'`, of a service manifest. By default they are stubs. */
  readonly ipc?: boolean | undefined
  /** The other documents that `$ref`s name, or that belong to the first, by path relative to it. */
  readonly documents?: ReadonlyMap<string, unknown> | undefined
}

export interface Generated {
  /** File names to texts. */
  readonly files: ReadonlyMap<string, string>
  /** What was not understood, and is not in the code. */
  readonly warnings: readonly Diagnostic[]
  /** Where the document allows any value at all. */
  readonly opaque: readonly string[]
}

/**
 * The TypeScript of a document that describes a service, in a format that is told by looking at it, given as text (JSON
 * or YAML) or as its value. The same document gives the same bytes, whatever the order of its keys. Throws a DocumentError with every fault found, and an ArgumentError for a name
 * that is no identifier. Reads and writes nothing.
 */
export function generate(document: string | object, options: GenerateOptions): Generated {
  const report = new Report()
  const file = options.source.split(/[\\/]/).at(-1) ?? ''
  const value = typeof document === 'string' ? parse(document, file) : document
  const sources = new Sources(new Map([[file, value], ...(options.documents ?? []), [file, value]]))
  const model = readDocument(sources, file, nameIn(options, file), report)
  const chosen = options.only === undefined ? model : only(model, options.only)
  const files =
    options.ipc === true
      ? emitModule(chosen, value, file, options, report)
      : emit(chosen, file, options, report)
  return { files, warnings: report.warnings, opaque: report.opaque }
}

function nameIn({ name }: GenerateOptions, file: string): string | undefined {
  if (name !== undefined) return chosenContractName(name)
  const derived = sourceName(file)
  return derived === undefined ? undefined : contractNameFrom(derived)
}

function emit(
  model: ContractModel,
  file: string,
  options: GenerateOptions,
  report: Report,
): Map<string, string> {
  const out = options.out?.split(/[\\/]/).at(-1) ?? ''
  if (out.endsWith('.md')) return new Map([[out, emitMarkdown(model, headers.markdown(file))]])
  if (out.endsWith('.json')) return new Map([[out, emitOpenRpc(model, headers.json(file))]])
  return emitStubs(model, headers.typescript(file), options, report)
}

function emitStubs(
  model: ContractModel,
  header: string,
  options: GenerateOptions,
  report: Report,
): Map<string, string> {
  const { runtime = 'bothways/contract', checks: isChecked = true, shape = isChecked } = options
  // A module of its own, or bundlers would load it with the rest.
  const drift = options.runtime ?? 'bothways/drift'
  const names = outputNames(options.out, model.name)
  const checks: Checks | undefined = isChecked
    ? emitChecks(model, header, runtime, report)
    : undefined
  const from = {
    runtime,
    types: specifier(names.types),
    checks: specifier(names.checks),
    shape: shape ? specifier(names.shape) : undefined,
  }
  const files = new Map([
    [names.types, emitTypes(model, header, runtime)],
    [names.contract, emitContract(model, header, from, checks?.methods ?? new Map())],
  ])
  if (checks !== undefined) files.set(names.checks, checks.text)
  if (shape) files.set(names.shape, emitShape(model, header, { runtime, drift }))
  return files
}

/** The types of `ipc:name` alone where `out` is a file, otherwise the module `#ipc/name` with its own as well. */
function emitModule(
  model: ContractModel,
  manifest: unknown,
  file: string,
  { out }: GenerateOptions,
  report: Report,
): Map<string, string> {
  const name = sourceName(file) ?? model.name
  const header = headers.typescript(file)
  const single = out?.split(/[\\/]/).at(-1)
  reportTaken(model, file, report)
  if (!isManifest(manifest)) {
    if (single !== undefined) return new Map([[single, emitHubDeclaration(model, name, header)]])
    const advice = 'give a .d.ts file for the types of the service on a hub'
    throw new ArgumentError(
      `${file} does not say where the service is, as a manifest does; ${advice}`,
    )
  }
  const { declaration, module, types } = emitIpc(model, manifest, name, header)
  if (single !== undefined) return new Map([[single, declaration]])
  return new Map([
    [`${name}.js`, module],
    [`${name}.d.ts`, types],
    [`${name}.ipc.d.ts`, declaration],
  ])
}

function specifier(file: string): string {
  return `./${file.replace(/\.ts$/, '.js')}`
}
