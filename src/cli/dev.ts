import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Hub } from '../hub/hub.js'
import { launchToken } from '../hub/node/launch-token.js'
import { type HubServer, serve } from '../hub/node/serve.js'
import { messagePack } from '../protocol/message-pack.js'
import { makeHttpServer, stopListening } from '../transport/node/http-server.js'
import { DemoExtension } from './demo-extension.js'
import { servePlayground } from './playground-server.js'
import { UsageError } from './usage-error.js'

/** How the development hub is started. */
export interface DevOptions {
  readonly port: number
  /** The folder whose files the demo extension provides. */
  readonly folder: string
  /** Whether the demo extension is started. */
  readonly extension: boolean
}

/**
 * Starts a hub, the playground and the demo extension, prints the address to open, and runs until it is told to stop.
 * Resolves with the exit code.
 */
export async function dev(options: DevOptions): Promise<number> {
  await checkFolder(options.folder)
  const stopped = stopSignal()
  const { token, authenticate } = launchToken()
  const http = makeHttpServer(servePlayground(built('playground')))
  const hub = new Hub({ authenticate, codec: messagePack() })
  const server = await serve(hub, { server: http, port: options.port })
  // The token stands behind the #, which no browser sends to any server and no log keeps.
  console.log(`http://127.0.0.1:${server.port}/#t=${token}`)
  const extension = options.extension ? startExtension(server, token, options.folder) : undefined
  console.error(`hub        ${server.url}`)
  if (extension !== undefined)
    console.error(`workspace  ${options.folder} (process ${extension.pid})`)
  await stopped
  await extension?.stop()
  await server.close()
  await stopListening(http)
  return 0
}

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory()) return
  const what = found === undefined ? 'does not exist' : 'is not a folder'
  throw new UsageError(
    `--folder ${JSON.stringify(folder)} ${what}; give the folder whose files the extension provides`,
  )
}

function startExtension({ url }: HubServer, token: string, folder: string): DemoExtension {
  // The token goes through the environment: a command line can be read by every user of the machine.
  return new DemoExtension(built('demo/workspace.js'), {
    BOTHWAYS_HUB: url,
    BOTHWAYS_TOKEN: token,
    BOTHWAYS_WORKSPACE: folder,
  })
}

function stopSignal(): Promise<unknown> {
  return Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
}

/** A file or folder of what the package was built to. */
function built(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url))
}
