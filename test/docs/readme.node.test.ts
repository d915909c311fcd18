import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { firstCall } from '../../playground/state/first-call.js'
import { chromiumOptions } from '../chromium.js'
import { bundle, output, run, snippet } from './run.js'

const readme = readFileSync('README.md', 'utf8')

const { scripts: packageScripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: { start: string }
}

/** Serves a page that runs `script`. */
async function servePage(script: string): Promise<string> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.setHeader(
      'content-security-policy',
      "default-src 'none'; script-src 'self'; connect-src ws:; img-src data:",
    )
    response.end(
      isScript
        ? script
        : '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test('the hello of the README: a page and a Node process call each other', async () => {
  const announced = snippet('README.md', '// extension (Node)')
    .replace('await listen({ port: 7378 }', 'const server = await listen({ port: 0 }')
    .concat('\nconsole.log(server.url)\n')
  const extension = await run(announced)
  const [line] = (await once(extension.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  const editor = snippet('README.md', '// editor (browser)').replace(
    'ws://127.0.0.1:7378',
    String(line).trim(),
  )
  const browser = await chromium.launch(chromiumOptions)
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  const questions: string[] = []
  page.on('dialog', async (dialog) => {
    questions.push(dialog.message())
    await dialog.accept()
  })
  const printed = page.waitForEvent('console')
  await page.goto(await servePage(await bundle(editor, 'browser')))
  expect((await printed).text()).toBe('Hello Ada')
  expect(questions).toEqual(['Are you Ada?'])
  // Chromium starts slowly on a busy machine.
}, 30_000)

test('the contract of the README', async () => {
  expect(await output(await run(snippet('README.md', 'files.serve')))).toBe('true\n')
})

test('every program of the README and of docs/dialects.md is run by a test', () => {
  const run = {
    'README.md': ['// extension (Node)', '// editor (browser)', 'files.serve', 'greeter'],
    'docs/dialects.md': ['node:inspector', 'users.sock', 'mpv', 'typescript-language-server'],
  }
  for (const [document, words] of Object.entries(run)) {
    const programs = [...readFileSync(document, 'utf8').matchAll(/```(ts|js)\n/g)]
    expect(new Set(words.map((word) => snippet(document, word))).size).toBe(programs.length)
  }
})

test('the README names the file that the first call of the playground writes, and git ignores it', () => {
  const { path } = firstCall.params
  const folder = 'examples/workspace/sample'
  expect(packageScripts.start).toContain(`--folder ${folder}`)
  expect(readme).toContain(`\`${path}\` in \`${folder}\``)
  expect(readFileSync('.gitignore', 'utf8').split('\n')).toContain(`${folder}/${path}`)
})

test('what npm start builds prints nothing: the address to open stands alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bothways-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const tsup = join('node_modules', '.bin', 'tsup')
  expect(execFileSync(tsup, ['--out-dir', folder], { encoding: 'utf8' })).toBe('')
})

test('the hub of the README, which ends by itself once it is closed', async () => {
  expect(await output(await run(snippet('README.md', 'greeter')))).toBe('Hello Ada\n')
})
