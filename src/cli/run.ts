import { createRequire } from 'node:module'
import { type Command, cac } from 'cac'
import { errorCodes, RpcError } from '../protocol/error.js'
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
    .command('gen <document>', 'Generate TypeScript stubs from an OpenRPC document')
    .option('--out <file>', 'The file for the types; contract and checks go beside it')
    .option('--name <name>', 'Name of the service; default: from the file name')
    .option('--runtime <module>', 'Module that the stubs import from', {
      default: 'bothways/contract',
    })
    .option('--no-checks', 'Leave out the validation of what arrives')
    .option('--check', 'Write nothing; exit 8 where the files are not what would be generated')
    .action(async (document: string, options: Record<string, unknown>) =>
      (await import('./gen.js')).gen(document, options as never),
    )
  cli.help()
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
  const { message, hint, code } = RpcError.from(reason)
  console.error(`bothways: ${message}${hint === undefined ? '' : `\n  ${hint}`}`)
  return isUsage ? exitCodes.usage : (exitCodeFor.get(code) ?? exitCodes.unexpected)
}

function portFrom(value: unknown): number {
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new UsageError(`--port takes a whole number from 0 to 65535, not ${JSON.stringify(value)}`)
}

/** One value would win without a word; neither may. */
function checkOnce(command: Command, given: Readonly<Record<string, unknown>>): void {
  const twice = command.options.find(({ name }) => Array.isArray(given[name]))
  if (twice !== undefined)
    throw new UsageError(`--${twice.name} is given more than once; give it once`)
}

function version(): string {
  const { version } = createRequire(import.meta.url)('bothways/package.json') as { version: string }
  return version
}
