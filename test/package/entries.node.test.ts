import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, string>
}

/** The entries as a user imports them: `bothways`, `bothways/websocket`, … */
const entries = Object.keys(exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => `bothways${entry.slice(1)}`)

/** Runs `code` where no text may become code, as under a strict policy, and resolves with what it prints. */
function run(code: string, type: 'module' | 'commonjs'): string {
  const flags = ['--disallow-code-generation-from-strings', '--no-warnings', `--input-type=${type}`]
  return execFileSync(process.execPath, [...flags, '-e', code], {
    encoding: 'utf8',
    timeout: 20_000,
  })
}

test.each(entries)('%s can be imported and required, and importing it starts nothing', (entry) => {
  const print = 'console.log(Object.keys(loaded).length > 0)'
  expect(run(`import * as loaded from '${entry}'; ${print}`, 'module')).toBe('true\n')
  expect(run(`const loaded = require('${entry}'); ${print}`, 'commonjs')).toBe('true\n')
})

test('an error is an RpcError whichever entry it came through', () => {
  const code = `
    import { RpcError } from 'bothways'
    import { connect } from 'bothways/websocket'
    connect('ws://127.0.0.1:1').catch((error) => console.log(error instanceof RpcError, error.reason))`
  expect(run(code, 'module')).toBe('true unavailable\n')
})

test('a peer that was closed keeps no process alive', () => {
  const code = `
    import { Peer } from 'bothways'
    import { listen } from 'bothways/node'
    import { connect } from 'bothways/websocket'
    const server = await listen({ port: 0 }, (peer) => peer.handle('add', ({ a, b }) => a + b))
    const peer = await connect(server.url)
    console.log(await peer.request('add', { a: 1, b: 2 }, { timeout: 60_000 }))
    await peer.close()
    await server.close()`
  expect(run(code, 'module')).toBe('3\n')
})
