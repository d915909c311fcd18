import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { listen } from 'bothways/node'
import { build as esbuild } from 'esbuild'
import { chromium } from 'playwright'
import { build as vite } from 'vite'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { chromiumOptions } from '../chromium.js'

const { exports, dependencies, peerDependencies } = JSON.parse(
  readFileSync('package.json', 'utf8'),
) as {
  exports: Record<string, string>
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
}

const entries = Object.keys(exports).map((entry) => `bothways${entry.slice(1)}`)
const folder = mkdtempSync(join(tmpdir(), 'bothways-'))
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(() => {
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  // What npm would unpack, with the packages it names and no other.
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder])
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', folder])
  symlinkSync(join(folder, 'package'), join(modules, 'bothways'), 'junction')
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(resolve('node_modules', name), join(modules, name), 'junction')
  }
  writeFileSync(join(folder, 'hello.js'), hello)
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><script type="module" src="/hello.js"></script>',
  )
}, 60_000)

/** A page in which two peers speak over a MessageChannel, and one to a server over a WebSocket. */
const hello = `
  import { Peer } from 'bothways'
  import { messagePortTransport } from 'bothways/message-port'
  import { connect } from 'bothways/websocket'

  const { port1, port2 } = new MessageChannel()
  const handlers = { greet: ({ name }) => 'Hello ' + name }
  new Peer(messagePortTransport(port2), { handlers })
  const peer = new Peer(messagePortTransport(port1))
  const server = await connect('ws://127.0.0.1:' + location.hash.slice(1), { handlers })
  const greetings = [await peer.request('greet', { name: 'Ada' }), await server.request('meet')]
  await server.close()
  document.title = greetings.join(', ')`

/** Builds the page in one way, and returns the folder of what was built. */
type Build = (out: string) => Promise<unknown>

const builds: readonly (readonly [string, Build])[] = [
  ['Vite', (outDir) => vite({ root: folder, logLevel: 'error', build: { outDir } })],
  [
    'esbuild',
    async (outdir) => {
      await esbuild({
        entryPoints: [join(folder, 'hello.js')],
        outdir,
        bundle: true,
        format: 'esm',
      })
      writeFileSync(join(outdir, 'index.html'), readFileSync(join(folder, 'index.html')))
    },
  ],
]

const policy = "default-src 'none'; script-src 'self'; connect-src 'self' ws://127.0.0.1:*"

/** Serves `files` under a policy that allows little. */
async function serve(files: string): Promise<string> {
  const server = createServer(({ url = '/' }, response) => {
    const path = url === '/' ? '/index.html' : url
    response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html')
    response.setHeader('content-security-policy', policy)
    response.end(readFileSync(join(files, path)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.each(entries)(
  '%s, as it is packed, can be required and imported',
  { timeout: 30_000 },
  (entry) => {
    const run = (type: string, code: string) =>
      execFileSync(process.execPath, ['--no-warnings', `--input-type=${type}`, '-e', code], {
        cwd: folder,
        encoding: 'utf8',
      })
    const print = 'console.log(Object.keys(loaded).length > 0)'
    const attributes = entry.endsWith('.json') ? " with { type: 'json' }" : ''
    expect(run('commonjs', `const loaded = require('${entry}'); ${print}`)).toBe('true\n')
    expect(run('module', `import * as loaded from '${entry}'${attributes}; ${print}`)).toBe(
      'true\n',
    )
  },
)

test('all but the entry that needs it work where @opentelemetry/api is not installed', () => {
  const bare = mkdtempSync(join(tmpdir(), 'bothways-'))
  onTestFinished(() => rmSync(bare, { recursive: true }))
  const modules = join(bare, 'node_modules')
  cpSync(join(folder, 'package'), join(modules, 'bothways'), { recursive: true })
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(resolve('node_modules', name), join(modules, name), 'junction')
  }
  const code = `
    const entries = ${JSON.stringify(entries.filter((entry) => !entry.endsWith('.json')))}
    for (const entry of entries) await import(entry).catch(({ code }) => console.log(entry, code))`
  const flags = ['--no-warnings', '--input-type=module', '-e', code]
  expect(execFileSync(process.execPath, flags, { cwd: bare, encoding: 'utf8' })).toBe(
    'bothways/opentelemetry ERR_MODULE_NOT_FOUND\n',
  )
})

test.each(builds)(
  'a page built by %s speaks under a strict content-security policy',
  { timeout: 60_000 },
  async (name, build) => {
    const files = join(folder, name)
    await build(files)
    const page = await (await browser()).newPage()
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(String(error)))
    await page.exposeFunction('violated', (directive: string) => said.push(directive))
    await page.addInitScript(
      "addEventListener('securitypolicyviolation', (event) => violated(event.violatedDirective))",
    )
    const origin = await serve(files)
    const server = await listen({ allowOrigins: [origin] }, (peer) => {
      peer.handle('meet', () => peer.request('greet', { name: 'Grace' }))
    })
    onTestFinished(() => server.close())
    await page.goto(`${origin}/#${server.port}`)
    await expect.poll(() => page.title(), { timeout: 20_000 }).toBe('Hello Ada, Hello Grace')
    expect(said).toEqual([])
  },
)

async function browser() {
  const opened = await chromium.launch(chromiumOptions)
  onTestFinished(() => opened.close())
  return opened
}

/** What runs anywhere; the rest of the entries are for Node. */
const anywhere = [
  'bothways',
  'bothways/message-port',
  'bothways/websocket',
  'bothways/msgpack',
  'bothways/dialects',
  'bothways/contract',
  'bothways/drift',
  'bothways/client',
  'bothways/hub',
]

test.each(anywhere)(
  '%s, bundled for a browser, names nothing that only Node has, and makes no code of text',
  async (entry) => {
    const { outputFiles } = await esbuild({
      stdin: { contents: `export * from '${entry}'`, resolveDir: folder },
      bundle: true,
      format: 'esm',
      // Comments go with the white space.
      minifyWhitespace: true,
      write: false,
    })
    const text = outputFiles[0]?.text ?? ''
    expect(text.length).toBeGreaterThan(1_000)
    expect(
      text.match(/\b(Buffer|process|eval|new Function|require|setImmediate)\b.*/g) ?? [],
    ).toEqual([])
  },
)

test.each([['es2022'], ['es2023'], ['esnext']])(
  'the types of the package are whole for a program compiled for %s, with nothing else set',
  (target) => {
    const portable = entries.filter((entry) => !/node|ipc|cli|codegen|package/.test(entry))
    const imports = portable.map((entry, index) => `import * as e${index} from '${entry}'`)
    const uses = portable.map((_, index) => `void e${index}`)
    const file = join(folder, `${target}.ts`)
    writeFileSync(file, [...imports, ...uses, ''].join('\n'))
    const tsc = resolve('node_modules/typescript/bin/tsc')
    const flags = [
      '--strict',
      '--noEmit',
      '--ignoreConfig',
      '--module',
      'nodenext',
      '--target',
      target,
    ]
    expect(spawnSync(process.execPath, [tsc, ...flags, file], { encoding: 'utf8' }).stdout).toBe('')
  },
)
