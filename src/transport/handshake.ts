/** What a client said of itself when it asked for a WebSocket. */
export interface Handshake {
  /** Header names in lower case to their values. */
  readonly headers: ReadonlyMap<string, string>
  readonly path: string
  /** The address it came from. */
  readonly address: string
  /** The origin of the page that asks, as its browser says it; none where no browser asks. */
  readonly origin?: string
}
