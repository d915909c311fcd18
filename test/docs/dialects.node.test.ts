import { expect, test } from 'vitest'
import { output, run, snippet } from './run.js'

const page = 'docs/dialects.md'

// The language server of the page is in test/peers, where one is installed.
test('the debugger of docs/dialects.md', async () => {
  expect(await output(await run(snippet(page, 'node:inspector')))).toContain('value: 42')
})

test('the EkkoJS service of docs/dialects.md', async () => {
  const code = snippet(page, 'users.sock').replaceAll(
    "'users.sock'",
    "new URL('users.sock', import.meta.url).pathname",
  )
  expect(await output(await run(code))).toBe("new: 1\n{ id: 123, name: 'Ada' }\n")
})

test('the dialect of its own of docs/dialects.md', async () => {
  expect(await output(await run(snippet(page, 'mpv')))).toBe(
    '{"command":["get_property","volume"],"request_id":1}\nit seeks\n50\n',
  )
})
