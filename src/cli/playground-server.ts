import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { errorCodes, RpcError } from '../protocol/error.js'
import { refusalOf } from '../transport/node/handshake.js'

/** What the page may do: run its own script and style, and connect; nothing inline, nothing from elsewhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const types = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.json', 'application/json'],
])

const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-cache',
}

/** Serves the built playground from `folder`, to whoever asks for it under a name of this machine. */
export function servePlayground(folder: string): RequestListener {
  if (!existsSync(join(folder, 'index.html'))) {
    throw new RpcError(errorCodes.unavailable, 'the playground is not built', {
      hint: 'npm run build',
    })
  }
  return (request, response) => void answer(folder, request, response)
}

async function answer(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://host').pathname
  const refusal = refusalOf(request, { path })
  if (refusal !== undefined)
    return send(response, refusal.status, 'text/plain', `${refusal.message}\n`)
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return send(response, 405, 'text/plain', 'GET only\n')
  const file = normalize(path === '/' ? '/index.html' : path)
  const type = types.get(extname(file))
  const content =
    type === undefined ? undefined : await readFile(join(folder, file)).catch(() => undefined)
  if (type === undefined || content === undefined)
    return send(response, 404, 'text/plain', 'there is nothing here\n')
  send(response, 200, type, request.method === 'HEAD' ? '' : content)
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  content: string | Buffer,
): void {
  response.writeHead(status, { ...headers, 'content-type': type }).end(content)
}
