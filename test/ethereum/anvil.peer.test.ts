import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateFrom } from 'bothways/codegen'
import { expect, onTestFinished, test } from 'vitest'
import { printed } from '../codegen/program.js'
import { compile, pathOf } from '../codegen/support.js'
import { freePort, startProgram } from '../peers/support.js'

const anvil = 'test/ethereum/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil'

/** The published document, and beside it what it leaves out, or has otherwise. */
const published = 'ethereum-execution-apis.refs.json'
const overlay = 'anvil.openrpc.json'

/** Runs programs against a node of their own, with stubs generated from Ethereum's document. */
async function laboratory() {
  const folder = mkdtempSync(join(tmpdir(), 'bothways-ethereum-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  copyFileSync(pathOf(published), join(folder, published))
  copyFileSync(join('test/ethereum', overlay), join(folder, overlay))
  const inputs = [join(folder, published), join(folder, overlay)] as const
  const { files } = await generateFrom(inputs as [string, string], 'probe/', { name: 'ethereum' })
  const port = await freePort()
  const { child } = await node(port)
  const run = async (use: string): Promise<unknown[]> => {
    const common = commonIn(`ws://127.0.0.1:${port}`, child.pid ?? 0)
    const all = new Map([...files, ['common.ts', common], ['use.ts', use]])
    expect(compile(new Map([['ethereum', all]]))).toEqual([])
    for (const [file, text] of all) writeFileSync(join(folder, file), text)
    const lines = (await printed(join(folder, 'use.ts'))).trim().split('\n')
    return lines.map((line) => JSON.parse(line))
  }
  return { run }
}

async function node(port: number) {
  const program = startProgram(anvil, ['--port', String(port)])
  await program.printed(/Listening on/)
  return program
}

/** What all programs begin with. */
const commonIn = (url: string, pid: number) => `
import type { Peer } from 'bothways'
import type { Remote } from 'bothways/contract'
import { connect } from 'bothways/websocket'
import { ethereum } from './ethereum.contract.gen.js'
import type { Address, EthereumService, Hash32, Uint } from './ethereum.gen.js'

export const pid: number = ${pid}
export const say = (value: unknown): void => console.log(JSON.stringify(value))
/** What was asked to end a subscription, and what the node answered. */
export const ended: Promise<unknown>[] = []
export const peer: Peer = await connect('${url}', {
  outbound: [
    (call, next) => {
      const outcome = next(call)
      if (call.method === 'eth_unsubscribe') ended.push(Promise.resolve(outcome))
      return outcome
    },
  ],
})
export const eth: Remote<EthereumService> = ethereum.remote(peer)
const accounts = await eth.eth_accounts()
export const from: Address = accounts[0] ?? ''
export const to: Address = accounts[1] ?? ''
export const pay = (value: Uint): Promise<Hash32> => eth.eth_sendTransaction({ Transaction: { from, to, value } })
/** The receipt of a transaction, once it is in a block: the node answers before that. */
export async function mined(hash: Hash32): Promise<Receipt> {
  for (;;) {
    const receipt = await eth.eth_getTransactionReceipt({ 'Transaction hash': hash })
    if (receipt !== null) return receipt
  }
}
type Receipt = NonNullable<Awaited<ReturnType<typeof eth.eth_getTransactionReceipt>>>
/** What \`items\` yields first. Nobody is told when a subscription has begun, so something happens until it has. */
export async function first<T>(items: AsyncIterator<T>, happen: () => Promise<unknown>): Promise<T> {
  let found: IteratorResult<T> | undefined
  const next = items.next().then((result) => (found = result))
  while (found === undefined) await Promise.race([next, happen()])
  return found.value
}
`

test('the generated stubs ask a node, and pay', async () => {
  const { run } = await laboratory()
  const said = await run(`
import type { RpcError } from 'bothways'
import { eth, mined, pay, peer, say, to } from './common.js'
say(await eth.eth_chainId())
say(await eth.eth_blockNumber())
const before = BigInt(await eth.eth_getBalance({ Address: to, Block: 'latest' }))
const receipt = await mined(await pay('0x2a'))
say([receipt.status, receipt.blockNumber, receipt.to === to])
say(String(BigInt(await eth.eth_getBalance({ Address: to, Block: 'latest' })) - before))
await pay('0xffffffffffffffffffffffffffff').catch(({ code, remote }: RpcError) => say([code, remote]))
await eth.eth_getBalance({ Address: 'nobody', Block: 'latest' }).catch(({ code, remote }: RpcError) => say([code, remote]))
await peer.close()
`)
  expect(said).toEqual([
    '0x7a69',
    '0x0',
    ['0x1', '0x1', true],
    '42',
    [-32003, true],
    [-32602, true],
  ])
})

test('new heads and logs are streams, typed each in its way, and told apart', async () => {
  const { run } = await laboratory()
  const said = await run(`
import type { RpcError } from 'bothways'
import { ended, eth, first, from, mined, pay, peer, say } from './common.js'
import type { Hash32, Log, Uint } from './ethereum.gen.js'
const heads = eth.eth_subscribe({ subscription: 'newHeads' })
const others = eth.eth_subscribe({ subscription: 'newHeads' })[Symbol.asyncIterator]()
const logs: AsyncIterable<Log> = eth.eth_subscribe({ subscription: 'logs', filter: {} })
const pending: AsyncIterable<Hash32> = eth.eth_subscribe({ subscription: 'newPendingTransactions' })
// A contract that logs the topic 42 whenever it is called: PUSH1 42, PUSH1 0, PUSH1 0, LOG1, STOP.
const input = '0x67602a60006000a10060005260086018f3'
const receipt = await mined(await eth.eth_sendTransaction({ Transaction: { from, input } }))
const logger = receipt.contractAddress ?? ''
const call = () => eth.eth_sendTransaction({ Transaction: { from, to: logger } })
const following = logs[Symbol.asyncIterator]()
const log = await first(following, call)
say([log.address === logger, log.topics?.map(BigInt).map(String)])
say((await first(pending[Symbol.asyncIterator](), call)).length)
let count = 0
let last: Uint | undefined
const happening = (async () => {
  while (count < 3) await pay('0x1')
})()
for await (const { number, parentHash, hash } of heads) {
  if (last !== undefined && BigInt(number) !== BigInt(last) + 1n) say('a head is missing')
  if (hash === parentHash) say('a head is its own parent')
  last = number
  if (++count === 3) break
}
await happening
say(await Promise.all(ended))
say((await others.next()).done)
await others.return?.()
await following.return?.()
say(await Promise.all(ended))
const syncing = eth.eth_subscribe({ subscription: 'syncing' })
await syncing.closed.catch(({ code, remote }: RpcError) => say([code, remote]))
await peer.close()
`)
  expect(said).toEqual([[true, ['42']], 66, [true], false, [true, true, true], [-32603, true]])
})

test('a node that is killed ends what it was subscribed to', async () => {
  const { run } = await laboratory()
  const said = await run(`
import type { RpcError } from 'bothways'
import { eth, first, pay, pid, say } from './common.js'
const heads = eth.eth_subscribe({ subscription: 'newHeads' })
const items = heads[Symbol.asyncIterator]()
say(typeof (await first(items, () => pay('0x1'))).number)
process.kill(pid, 'SIGKILL')
try {
  for (;;) if ((await items.next()).done) break
  say('it ended')
} catch (error) {
  const { reason, message } = error as RpcError
  say([reason, message.replace(/ \\(.*\\)/, '')])
}
const again = eth.eth_subscribe({ subscription: 'newHeads' })
await again.closed.catch(({ reason, delivery }: RpcError) => say([reason, delivery]))
`)
  expect(said).toEqual([
    'string',
    ['closed', 'what "eth_subscribe" subscribed to ended: the connection closed'],
    ['closed', 'unsent'],
  ])
})
