import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Hub } from '../hub/hub.js'
import { launchToken } from '../hub/node/launch-token.js'
import { type HubServer, serve } from '../hub/node/serve.js'
import { makeHttpServer, stopListening } from '../transport/node/http-server.js'
import { servePlayground } from './playground-server.js'

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
  const stopped = stopSignal()
  const { token, authenticate } = launchToken()
  const http = makeHttpServer(servePlayground(built('playground')))
  const server = await serve(new Hub({ authenticate }), { server: http, port: options.port })
  // The token stands behind the #, which no browser sends to any server and no log keeps.
  console.log(`http://127.0.0.1:${server.port}/#t=${token}`)
  const extension = options.extension ? startExtension(server, token, options.folder) : undefined
  console.error(`hub        ${server.url}`)
  if (extension !== undefined)
    console.error(`workspace  ${options.folder} (process ${extension.pid})`)
  await stopped
  if (extension !== undefined) await stop(extension)
  await server.close()
  await stopListening(http)
  return 0
}

function startExtension(server: HubServer, token: string, folder: string): ChildProcess {
  // The token goes through the environment: a command line can be read by every user of the machine.
  const extension = spawn(process.execPath, [built('demo/workspace.js')], {
    env: {
      ...process.env,
      BOTHWAYS_HUB: server.url,
      BOTHWAYS_TOKEN: token,
      BOTHWAYS_WORKSPACE: folder,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  extension.on('error', (reason) =>
    console.error(`the demo extension did not start: ${reason.message}`),
  )
  extension.on('exit', (code, signal) => {
    if (signal !== 'SIGTERM')
      console.error(`the demo extension ended (${signal ?? `exit code ${code}`})`)
  })
  return extension
}

async function stop(extension: ChildProcess): Promise<void> {
  if (extension.exitCode !== null || extension.signalCode !== null) return
  extension.kill('SIGTERM')
  await once(extension, 'exit')
}

function stopSignal(): Promise<unknown> {
  return Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
}

/** A file or folder of what the package was built to. */
function built(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url))
}
