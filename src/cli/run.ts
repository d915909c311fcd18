import { createRequire } from 'node:module'
import { cac } from 'cac'
import { errorCodes, RpcError } from '../protocol/error.js'
import { checkOnce, genOptionsFrom, portFrom, textFrom, withoutNegatedDefaults } from './options.js'
import { told } from './told.js'
import { UsageError } from './usage-error.js'

/** Runs the command line `argv` (as `process.argv`) and resolves with the exit code. Results go to stdout, all else to stderr. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    return await command(argv)
  } catch (reason) {
    return report(reason)
  }
}

async function command(argv: readonly string[]): Promise<number> {
  const cli = cac('bothways')
  // Commands are loaded when they are run: what one needs costs the others nothing.
  cli
    .command('dev', 'Start a hub, the playground and a demo extension; print the address to open')
    .option('--port <port>', 'Port to listen on; 0 takes a free one', { default: 7377 })
    .option('--folder <folder>', 'Folder whose files the demo extension provides', { default: '.' })
    .option('--no-extension', 'Start no demo extension')
    .action(
      async ({ port, folder, extension }: { port: unknown; folder: unknown; extension: boolean }) =>
        // What looks like a number is one by now.
        (await import('./dev.js')).dev({ port: portFrom(port), folder: String(folder), extension }),
    )
  cli
    .command(
      'gen <document> [...others]',
      'Generate TypeScript stubs from a description of a service',
    )
    .option(
      '--out <path>',
      'A .ts file for the types, with contract and checks beside it; a .md or .openrpc.json file; or a folder',
    )
    .option(
      '--ipc <path>',
      "Instead: a .d.ts file for the types of import 'ipc:name', or a folder for #ipc/name as well",
    )
    .option(
      '--name <name>',
      'An identifier that names the contract; otherwise <name>.openrpc.json does, or the title',
    )
    .option(
      '--runtime <module>',
      'Module that the stubs import from; otherwise bothways/contract, and bothways/drift',
    )
    .option('--no-checks', 'Leave out the validation of what arrives')
    .option('--shape', 'Tell where the other end differs from the stubs, also without checks')
    // Without a default of its own, cac makes it true, which is more than nothing said.
    .option('--no-shape', 'Leave that out', { default: 'as the checks' })
    .option('--methods', 'Each method by itself as well, for a page that uses few of many')
    .option('--service <name>', 'Of a hub, the service to generate for')
    .option('--only <methods>', 'Only these methods, by names in which * stands for anything')
    .option('--allow-remote', 'Read documents that are at an address')
    .option(
      '--watch',
      'Generate again whenever a document changes; of a module, not when what it imports does',
    )
    .option('--check', 'Write nothing; exit 8 where the files are not what would be generated')
    .action(async (document: unknown, others: unknown[], options: Record<string, unknown>) =>
      (await import('./gen.js')).runGen(
        [String(document), ...others.map(String)],
        genOptionsFrom(options),
        options['watch'] === true,
      ),
    )
  cli
    .command('discover <address>', 'Print what a running service or hub says it can do')
    .option('--service <name>', 'Of a hub, that of one service alone')
    .option('--ts', 'As TypeScript rather than as OpenRPC')
    .action(async (address: unknown, { service, ts }: Record<string, unknown>) =>
      (await import('./discover.js')).discover(String(address), textFrom(service), ts === true),
    )
  cli.help(withoutNegatedDefaults)
  cli.version(version())
  const { options } = cli.parse([...argv], { run: false })
  if (options['help'] || options['version']) return 0
  if (cli.matchedCommand === undefined) return usage(cli.args[0])
  checkOnce(cli.matchedCommand, options)
  return await cli.runMatchedCommand()
}

function usage(name: string | undefined): number {
  const what = name === undefined ? 'a command is missing' : `there is no command "${name}"`
  console.error(`bothways: ${what}\n  bothways --help lists the commands`)
  return exitCodes.usage
}

/** What the exit code of a command says. */
const exitCodes = {
  unexpected: 1,
  usage: 2,
  unauthenticated: 3,
  unreachable: 4,
  timeout: 5,
  cancelled: 6,
  protocol: 7,
} as const

const exitCodeFor = new Map<number, number>([
  [errorCodes.unauthenticated, exitCodes.unauthenticated],
  [errorCodes.unavailable, exitCodes.unreachable],
  [errorCodes.closed, exitCodes.unreachable],
  [errorCodes.timeout, exitCodes.timeout],
  [errorCodes.cancelled, exitCodes.cancelled],
  [errorCodes.protocol, exitCodes.protocol],
])

function report(reason: unknown): number {
  const isUsage =
    reason instanceof UsageError || (reason instanceof Error && reason.name === 'CACError')
  const error = RpcError.from(reason)
  console.error(`bothways: ${told(error, '\n  ')}`)
  return isUsage ? exitCodes.usage : (exitCodeFor.get(error.code) ?? exitCodes.unexpected)
}

function version(): string {
  const { version } = createRequire(import.meta.url)('bothways/package.json') as { version: string }
  return version
}
