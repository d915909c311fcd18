#!/usr/bin/env node
import { join } from 'bothways/client'
import type { Description } from 'bothways/contract'
import { Files } from './files.js'
import { search } from './search.js'
import { workspace } from './workspace.contract.gen.js'
import description from './workspace.openrpc.json' with { type: 'json' }

/** Joins the hub that the environment names, and provides the files of a folder to everybody on it. */
async function main(): Promise<void> {
  const { BOTHWAYS_HUB: url, BOTHWAYS_TOKEN: token, BOTHWAYS_WORKSPACE: root = '.' } = process.env
  if (url === undefined)
    throw new Error('BOTHWAYS_HUB must be the address of a hub, such as ws://127.0.0.1:7377')
  const files = await Files.open(root)
  const hub = await join(url, {
    name: 'workspace extension',
    ...(token !== undefined && { token }),
  })
  const { users } = await hub.provide(
    workspace,
    {
      list: ({ path }) => files.list(path),
      read: ({ path }) => files.read(path),
      search: ({ text }, context) => search(files, text, context),
      write: async ({ path, text }, { caller, signal }) => {
        const question = `Write ${text.length} characters to ${path}?`
        const yes = await caller.confirm({ question }, { signal })
        if (yes) await files.write(path, text, signal)
        return yes
      },
    },
    { description: description as unknown as Description },
  )
  const watcher = files.watch((path, change) => users['file.changed']({ path, change }))
  const { reason } = await hub.peer.closed
  watcher.close()
  console.error(`the hub has gone: ${reason || 'the connection closed'}`)
}

main().catch((reason) => {
  console.error(reason instanceof Error ? reason.message : reason)
  process.exitCode = 1
})
