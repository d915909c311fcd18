import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { documents, fileOf, generateProbe } from '../codegen/support.js'

/** Types in which vscode-languageserver-protocol itself differs from the meta model, and how. */
const deviations: Readonly<Record<string, string>> = {
  DocumentSelector: 'still takes plain strings, which the protocol dropped',
  FormattingOptions: 'has an index signature on top',
  InitializedParams: 'is an empty interface, to which any object is assignable',
  LSPObject: 'is any object, whatever its members are',
  MessageActionItem: 'has an index signature on top',
  SemanticTokenModifiers: 'is an enum, to which no text is assignable',
  SemanticTokenTypes: 'is an enum, to which no text is assignable',
  TraceValue: 'has "compact" on top',
}

/** Types of the meta model that vscode-languageserver-protocol does not export. */
const missing =
  `CancelParams ClientFoldingRangeKindOptions ClientFoldingRangeOptions ClientInlayHintResolveOptions
  ClientSemanticTokensRequestFullDelta ClientSemanticTokensRequestOptions DiagnosticWorkspaceClientCapabilities
  DocumentColorClientCapabilities DocumentDiagnosticReportProgress FileOperationFilter FileOperationPattern
  FoldingRangeWorkspaceClientCapabilities ImplementationClientCapabilities NotebookCellLanguage
  NotebookDocumentCellChangeStructure NotebookDocumentCellChanges NotebookDocumentCellContentChanges ProgressParams
  ResourceOperation SemanticTokensFullDelta SemanticTokensWorkspaceClientCapabilities TypeDefinitionClientCapabilities
  WorkspaceFoldersInitializeParams WorkspaceFoldersServerCapabilities _InitializeParams`.split(
    /\s+/,
  )

const source = 'lsp-3.18-metaModel.json'
const text = documents.get(source) ?? ''
const types = fileOf(generateProbe(text, { source, name: 'lsp' }), 'lsp.gen.ts')
const names = [...types.matchAll(/^export (?:interface|type) (\w+)/gm)]
  .map(([, name = '']) => name)
  .filter((name) => !/^Lsp(Service|Client|Registrations)$/.test(name))

/** The names that the compiler has something against, and what. */
function compare(checks: readonly string[], types: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'bothways-assignable-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  symlinkSync(resolve('test/peers/node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'lsp.gen.ts'), types)
  writeFileSync(join(folder, 'compare.ts'), [head, ...checks].join('\n'))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration))
  const tsc = resolve('node_modules/.bin/tsc')
  const said = settled(() =>
    execFileSync(tsc, ['-p', folder, '--pretty', 'false'], { encoding: 'utf8', cwd: folder }),
  )
  const lines = readFileSync(join(folder, 'compare.ts'), 'utf8').split('\n')
  return [...said.matchAll(/^compare\.ts\((\d+),\d+\): error \w+: (.*)$/gm)].map(
    ([, line = '', problem]) =>
      `${/const (\w+)/.exec(lines[Number(line) - 1] ?? '')?.[1]}: ${problem}`,
  )
}

function settled(action: () => string): string {
  try {
    return action()
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

const head = `
import type * as Ours from './lsp.gen.js'
import type * as Theirs from 'vscode-languageserver-protocol'
import type { Request, Notification, Event } from 'bothways/contract'
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : 'theirs is not ours') : 'ours is not theirs'
type All = Required<Ours.LspService> & Required<Ours.LspClient>
type Params<M extends keyof All> = All[M] extends { readonly params: infer P } ? P : never
type Result<M extends keyof All> = All[M] extends { readonly result: infer R } ? R : never
type Part<M extends keyof All> = All[M] extends { readonly part: infer P } ? P : never
type TheirParams<T> = T extends Theirs.RequestType<infer P, any, any> | Theirs.NotificationType<infer P> ? P : undefined
type TheirResult<T> = T extends Theirs.RequestType<any, infer R, any> | Theirs.RequestType0<infer R, any> ? Nulled<R> : never
type Nulled<R> = 0 extends 1 & R ? R : [void] extends [R] ? null : R
type TheirPart<T> = T extends Theirs.ProtocolRequestType<any, any, infer P, any, any> ? P : never
`

const configuration = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ESNext', 'DOM'],
    module: 'NodeNext',
    types: [],
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    paths: { 'bothways/contract': [resolve('src/contract.ts')] },
  },
  include: ['compare.ts'],
}

/** The types with those replaced in which the two are known to differ, so that nothing else hides behind them. */
function aligned(): string {
  const taken = Object.keys(deviations).map(
    (name) => `export type ${name} = import('vscode-languageserver-protocol').${name}`,
  )
  const kept = types.replaceAll(/^export (?:interface|type) (\w+)/gm, (declaration, name) =>
    Object.hasOwn(deviations, name) ? declaration.replace(name, `Our${name}`) : declaration,
  )
  return `${kept}\n${taken.join('\n')}\n`
}

test('every generated type of LSP and its counterpart are assignable to one another, but for eight', () => {
  const shared = names.filter((name) => !missing.includes(name))
  const checks = shared.map(
    (name) => `export const ${name}: Same<Ours.${name}, Theirs.${name}> = true`,
  )
  expect(compare(checks, aligned())).toEqual([])
  expect(shared).toHaveLength(425)
})

test('those eight do differ, and those missing are', () => {
  const checks = Object.keys(deviations)
    .concat(missing)
    .map((name) => `export const ${name}: Same<Ours.${name}, Theirs.${name}> = true`)
  const found = compare(checks, types).map((line) => line.replace(/:.*/, ''))
  expect(found).toEqual([...Object.keys(deviations), ...missing])
})

const model = JSON.parse(text) as Record<'requests' | 'notifications', Named[]>
interface Named {
  readonly method: string
  readonly typeName: string
  readonly partialResult?: unknown
}

/** What is vscode-jsonrpc's own, and has no type of a message. */
const lowLevel = ['$/cancelRequest', '$/progress']

test('so are the params, results and partial results of every message', () => {
  const part = (kind: string, { method, typeName }: Named) =>
    `export const ${kind}_${method.replaceAll(/\W/g, '_')}: Same<${kind}<'${method}'>, Their${kind}<typeof Theirs.${typeName}.type>> = true`
  const { requests } = model
  const notifications = model.notifications.filter(({ method }) => !lowLevel.includes(method))
  const partial = requests.filter(({ partialResult }) => partialResult !== undefined)
  const checks = [
    ...[...requests, ...notifications].map((message) => part('Params', message)),
    ...requests.map((message) => part('Result', message)),
    ...partial.map((message) => part('Part', message)),
  ]
  expect(compare(checks, aligned())).toEqual([])
  expect(checks).toHaveLength(69 + 24 + 69 + 29)
})
