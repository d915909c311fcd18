import { join } from 'bothways/client'
import type { ContractContext } from 'bothways/contract'
import { Hub } from 'bothways/hub'
import { launchToken, serve } from 'bothways/hub/node'
import { formatter, settings } from './contracts.js'

/** The programs that run in processes of their own; each says what it does in lines of its output. */
const programs: Record<string, () => Promise<unknown>> = {
  provide: async () => {
    const hub = await enter()
    await hub.provide(formatter, {
      format: ({ text }, { meta }) => ({
        text: text.toUpperCase(),
        pid: process.pid,
        caller: meta.from?.principal ?? 'nobody',
      }),
      hang,
    })
    say('ready')
  },

  ask: async () => {
    const hub = await enter()
    say(await hub.service(settings).get({ key: 'colour' }))
    await hub.leave()
  },

  askAndWait: async () => {
    const hub = await enter()
    await hub.service(settings).hang()
  },

  askAnother: async () => {
    const hub = await enter()
    await hub.waitFor('formatter')
    const giveUp = new AbortController()
    const remote = hub.service(formatter, { began: () => giveUp.abort(new Error('enough')) })
    const { text, caller } = await remote.format({ text: 'from one to the other' })
    say(`${text}, asked by ${caller}`)
    await remote.hang(undefined, { signal: giveUp.signal }).catch(({ message }) => say(message))
    await hub.leave()
  },

  serveAndClose: async () => {
    const { token, authenticate } = launchToken()
    const hub = new Hub({ authenticate })
    const server = await serve(hub)
    await hub.provide(settings, { get: ({ key }) => key, hang: () => new Promise(() => {}) })
    const member = await join(server.url, { token })
    const remote = member.service(settings)
    const open = remote.hang().catch(({ code }) => say(`settled ${code}`))
    say(await remote.get({ key: 'done' }))
    await server.close()
    await open
  },
}

function enter() {
  const { HUB_URL = '', HUB_TOKEN = '' } = process.env
  return join(HUB_URL, { token: HUB_TOKEN })
}

async function hang(
  _params: unknown,
  {
    signal,
    caller,
  }: ContractContext<{
    began: { kind: 'request'; params: undefined; result: unknown; failure: never }
  }>,
) {
  say('called')
  signal.addEventListener('abort', () => say('stopped'))
  await caller.began()
  return new Promise(() => {})
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

void programs[process.argv[2] ?? '']?.()
