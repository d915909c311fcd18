import { errorCodes, memoryPair, Peer } from 'bothways'
import { expect, test } from 'vitest'

test('either end calls the other, and a handler calls its caller back', async () => {
  const [near, far] = memoryPair()
  const editor = new Peer(near, {
    hello: true,
    handlers: { confirm: ({ question }) => question === 'Are you Ada?' },
  })
  const extension = new Peer(far)
  extension.handle('greet', async ({ name }, { remote }) =>
    (await remote.request('confirm', { question: `Are you ${name}?` })) ? `Hello ${name}` : 'Bye',
  )
  expect(await editor.request('greet', { name: 'Ada' })).toBe('Hello Ada')
  expect(await editor.request('greet', { name: 'Bob' })).toBe('Bye')
  expect((await editor.greeted).foreign).toBe(false)
  await expect(editor.request('gret')).rejects.toMatchObject({
    code: errorCodes.methodNotFound,
    hint: 'did you mean "greet"?',
  })
  await editor.close()
  expect((await extension.closed).code).toBe(1000)
})
