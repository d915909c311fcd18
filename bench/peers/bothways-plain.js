import { bothways } from '../lib/bothways.js'

export const peer = {
  ...bothways(false),
  plain: true,
  label: 'bothways (plain)',
  note: 'as it speaks to any other JSON-RPC 2.0 end: without rpc.hello, so a frame a message',
}
