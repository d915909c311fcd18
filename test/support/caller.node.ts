import { connect } from 'bothways/websocket'

// A process of its own that calls the peer at the address it is given, prints the answer and closes.
const peer = await connect(process.argv[2] ?? '')
const answer = await peer.request('echo', [1], {
  timeout: 60_000,
  signal: new AbortController().signal,
})
await peer.flush()
process.stdout.write(JSON.stringify(answer))
await peer.close()
