import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runCli, startDev, stopProcess } from './dev.js'

test('a port in use is said, with what to do, and exit code 4', async () => {
  const { hub } = await startDev()
  const { port } = new URL(hub)
  const { code, stdout, stderr } = await runCli('dev', '--port', port, '--no-extension')
  expect(stderr).toContain(`127.0.0.1:${port} is in use`)
  expect(stderr).toContain('choose another port')
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
})

test('an unknown command, and a port that is none, are usage errors', async () => {
  expect(await runCli('frobnicate')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no command "frobnicate"'),
  })
  expect(await runCli('dev', '--port', 'seven')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--port takes a whole number'),
  })
})

test('a folder that is missing, or is none, is a usage error before anything is served', async () => {
  const says = (stderr: string) => ({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(stderr),
  })
  expect(await runCli('dev', '--port', '0', '--folder', 'no/such/folder')).toEqual(
    says('--folder "no/such/folder" does not exist; give the folder'),
  )
  expect(await runCli('dev', '--port', '0', '--folder', 'package.json')).toEqual(
    says('--folder "package.json" is not a folder; give the folder'),
  )
})

test.each([
  ['--port', 'dev', '--port', '1', '--port', '2'],
  ['--folder', 'dev', '--folder', 'src', '--folder=test'],
  ['--out', 'gen', 'a.openrpc.json', '--out', 'a.gen.ts', '--out', 'b.gen.ts'],
])('%s given twice is a usage error', async (option, ...args) => {
  expect(await runCli(...args)).toEqual({
    code: 2,
    stdout: '',
    stderr: `bothways: ${option} is given more than once; give it once\n`,
  })
})

test('dev ends with everything it started when it is interrupted', async () => {
  const { process: child, stderr } = await startDev()
  expect(await stopProcess(child)).toBe(0)
  expect((await stderr.toEnd()).join('\n')).not.toContain('the demo extension')
})

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'dev says that its extension was ended by %s, and what to do',
  async (signal) => {
    const { extension, stderr } = await startDev()
    process.kill(extension, signal)
    await stderr.find(new RegExp(`^the demo extension ended: ${signal}$`))
    await stderr.find(/press Ctrl\+C and run this again$/)
  },
)

test('the page is served under a strict policy, and to nobody else', async () => {
  const { page } = await startDev()
  const url = new URL('/', page)
  const answer = await fetch(url)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-security-policy')).toContain(
    "default-src 'none'; script-src 'self'",
  )
  expect((await fetch(new URL('/../package.json', url))).status).toBe(404)
  expect((await fetch(url, { method: 'POST' })).status).toBe(405)
  expect((await fetch(url, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
})

test('the committed stubs of the demo are what gen makes of its document', async () => {
  const folder = 'examples/workspace'
  const { code, stdout } = await runCli(
    'gen',
    `${folder}/workspace.openrpc.json`,
    '--out',
    `${folder}/workspace.gen.ts`,
    '--check',
  )
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
})

test('the help of gen says what its options take', async () => {
  const { stdout } = await runCli('gen', '--help')
  expect(stdout).toContain('--out <path>        A .ts file for the types')
  expect(stdout).toContain('or a folder')
  expect(stdout).toContain('An identifier that names the contract')
  expect(stdout).toContain('of a module, not when what it imports does')
  expect(stdout).not.toContain('(default: true)')
})

test('--no-checks leaves out the shape as well, unless --shape asks for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bothways-cli-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const document = { openrpc: '1.3.2', info: { title: 'a', version: '1' }, methods: [] }
  await writeFile(join(folder, 'a.openrpc.json'), JSON.stringify(document))
  const made = async (name: string, ...flags: string[]) => {
    const out = join(folder, name, 'a.ts')
    const { code } = await runCli('gen', join(folder, 'a.openrpc.json'), '--out', out, ...flags)
    expect(code).toBe(0)
    return (await readdir(join(folder, name))).toSorted()
  }
  expect(await made('all')).toEqual(['a.check.ts', 'a.contract.ts', 'a.shape.ts', 'a.ts'])
  expect(await made('bare', '--no-checks')).toEqual(['a.contract.ts', 'a.ts'])
  const shape = await made('shape', '--no-checks', '--shape')
  expect(shape).toEqual(['a.contract.ts', 'a.shape.ts', 'a.ts'])
  const checks = await made('checks', '--no-shape')
  expect(checks).toEqual(['a.check.ts', 'a.contract.ts', 'a.ts'])
})

test('the path of a document that looks like a number is one all the same', async () => {
  const { code, stderr } = await runCli('gen', '--check', '2024', '--out', 'x.gen.ts')
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: '2024 does not exist; give the path of an OpenRPC document\n',
  })
})

test('the commands are listed, and the version is told', async () => {
  expect((await runCli('--help')).stdout).toContain('gen <document>')
  expect((await runCli('--version')).stdout).toMatch(/^bothways\/\d+\.\d+\.\d+/)
})
