import type { Codec } from './codec.js'
import { MessagePackReader } from './message-pack-reader.js'
import { MessagePackWriter } from './message-pack-writer.js'

/**
 * Bytes as they are, where both ends have it: `new Peer(transport, { codec: messagePack() })`. MessagePack of what JSON
 * has, and of `Uint8Array`; anything else in it is refused.
 */
export function messagePack(): Codec {
  return {
    encode(message) {
      const writer = new MessagePackWriter()
      writer.write(message)
      return writer.take()
    },
    decode: (bytes, nesting, own = (copy) => copy) =>
      new MessagePackReader(bytes, own).whole(nesting),
  }
}
