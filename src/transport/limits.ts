/** Milliseconds for a connection to open. */
export const connectTimeout = 5_000

/** Milliseconds that a transport waits for the other end to agree to a close before it ends by force. */
export const closeWait = 2_000

/** Connections of one server, at once. */
export const connections = 10_000

/** Connections of one server from one address, at once. */
export const connectionsPerAddress = 64

/** Milliseconds without a byte after which a WebSocket server pings, and after that before it gives up. */
export const pingAfter = 15_000
export const giveUpAfter = 10_000

/** Milliseconds for one HTTP request to arrive, and bytes of its headers. */
export const httpRequest = 5_000
export const httpHeader = 8_192

/** Milliseconds for finding out who somebody is, at the upgrade. */
export const admission = 5_000

/** Milliseconds for the handshake of TLS, at a server. */
export const tlsHandshake = 5_000

/** Fragments of one WebSocket message. */
export const fragments = 64

/** Pieces in which one WebSocket message may arrive, beside one for every 512 bytes: no network cuts smaller ones. */
export const pieces = 1_024

/** Pongs of one WebSocket that wait to leave: whoever pings and reads nothing costs no more. */
export const pongs = 60

/** Milliseconds for a message in a stream of bytes to be whole once it has begun. */
export const frameTimeout = 30_000

/** Milliseconds until the next answer must leave once the other end of a stream of bytes has sent its last byte. */
export const linger = 1_000

/** Bytes and lines of the header before a frame of `contentLength`. */
export const headerBytes = 4_096
export const headerLines = 16

/** Bytes of a close reason: as many as a WebSocket close frame holds. */
export const closeReason = 123

/** Bytes of what a child process printed to stderr that are kept, to say why it ended. */
export const lastWords = 4_096

/** Pieces in which a WebSocket message of at most `message` bytes may arrive. */
export function piecesOf(message: number): number {
  return pieces + Math.ceil(message / 512)
}
