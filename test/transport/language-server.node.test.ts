import { Peer } from 'bothways'
import { spawn } from 'bothways/node'
import { expect, onTestFinished, test } from 'vitest'

test('a language server of somebody else answers, tells and asks, over its own framing', async () => {
  const tsc = ['node_modules/typescript/bin/tsc', '--lsp', '--stdio']
  const transport = await spawn(process.execPath, tsc, { framing: 'contentLength' })
  onTestFinished(() => void transport.child.kill('SIGKILL'))
  const unhandled: string[] = []
  const onUnhandled = (_: unknown, { method }: { method: string }) => {
    unhandled.push(method)
    return null
  }
  const server = new Peer(transport, { onUnhandled })
  const params = { processId: process.pid, rootUri: null, capabilities: {} }
  expect(await server.request('initialize', params)).toMatchObject({
    serverInfo: { name: 'typescript-go' },
  })
  server.notify('initialized', {})
  const uri = 'file:///answer.ts'
  const text = 'const answer = "€".length\nanswer\n'
  const document = { uri, languageId: 'typescript', version: 1, text }
  server.notify('textDocument/didOpen', { textDocument: document })
  const place = { textDocument: { uri }, position: { line: 1, character: 2 } }
  expect(await server.request('textDocument/hover', place)).toMatchObject({
    contents: { value: expect.stringContaining('const answer: number') },
  })
  expect(unhandled).toContain('window/logMessage')
  expect(await server.request('shutdown')).toBeNull()
  server.notify('exit')
  expect((await server.closed).reason).toMatch(/^exited with code /)
})
