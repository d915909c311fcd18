import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { projectFolder, runNode } from '../ipc/support.js'

vi.setConfig({ testTimeout: 60_000 })

const page = readFileSync('docs/recipes/ipc.md', 'utf8')
const blocks = [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)]

/** The first block of this language. */
const blockOf = (language: string) => blocks.find(([, own]) => own === language)?.[2] ?? ''

test('the recipe for services by name does what it says', async () => {
  const folder = projectFolder({})
  for (const [, , code = ''] of blocks) {
    const [, file] = /^(?:\/\/ |\{ "\$comment": ")([\w.-]+)/.exec(code) ?? []
    if (file !== undefined) writeFileSync(join(folder, file), code)
  }
  const [serving, calling] = blockOf('console')
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
  expect([serving?.[0], calling?.[0]]).toEqual(['node', 'node'])
  const service = spawn(process.execPath, serving?.slice(1) ?? [], { cwd: folder })
  onTestFinished(() => void service.kill('SIGKILL'))
  await once(service.stdout, 'data')
  expect(await runNode(folder, calling?.slice(1) ?? [])).toBe(blockOf('text'))
})
