// The other end of vscode-jsonrpc.peer.test.ts: a program that speaks by vscode-jsonrpc, over stdin and stdout, or, as a
// worker, over its port by a reader and a writer of that library's interface.
const { parentPort } = require('node:worker_threads')
const rpc = require('vscode-jsonrpc/node')

class PortReader extends rpc.AbstractMessageReader {
  listen(callback) {
    parentPort.on('message', (data) => {
      if (typeof data === 'string') callback(JSON.parse(data))
      else if (data.bothways === 'close') this.fireClose()
    })
    return { dispose: () => parentPort.close() }
  }
}

class PortWriter extends rpc.AbstractMessageWriter {
  async write(message) {
    parentPort.postMessage(JSON.stringify(message))
  }

  end() {}
}

const connection =
  parentPort === null
    ? rpc.createMessageConnection(
        new rpc.StreamMessageReader(process.stdin),
        new rpc.StreamMessageWriter(process.stdout),
      )
    : rpc.createMessageConnection(new PortReader(), new PortWriter())
connection.onClose(() => parentPort?.close())

const notes = []
connection.onNotification('note', (note) => notes.push(note))
connection.onRequest('notes', () => notes)
connection.onRequest('sum', (a, b) => a + b)
connection.onRequest('greet', ({ name }) => `Hello ${name}`)
connection.onRequest('echo', (value) => value)
connection.onRequest('boom', () => {
  throw new Error('kaboom')
})
connection.onRequest('refuse', () => {
  throw new rpc.ResponseError(1234, 'closed on Sundays', { day: 7 })
})
connection.onRequest('wait', (token) => {
  connection.sendNotification('waiting')
  return new Promise((_, reject) => {
    token.onCancellationRequested(() => {
      connection.sendNotification('stopped')
      reject(new rpc.ResponseError(rpc.ErrorCodes.RequestCancelled ?? -32800, 'it was cancelled'))
    })
  })
})
connection.onRequest('index', async ({ workDoneToken }) => {
  for (const kind of ['begin', 'report', 'end'])
    await connection.sendProgress(new rpc.ProgressType(), workDoneToken, { kind })
  return 'indexed'
})
connection.onRequest('ask', async ({ question }) => {
  const answer = await connection.sendRequest('confirm', { question })
  return `you said ${answer}`
})
connection.onRequest('giveUp', async () => {
  const source = new rpc.CancellationTokenSource()
  const asked = connection.sendRequest('slow', source.token)
  connection.onNotification('slowStarted', () => source.cancel())
  return asked.then(
    () => 'answered',
    ({ code, message }) => ({ code, message }),
  )
})
connection.onRequest('unknownToYou', () =>
  connection.sendRequest('nobody', 1).catch(({ code, message }) => ({ code, message })),
)
connection.onRequest('follow', () => {
  const values = []
  connection.onProgress(new rpc.ProgressType(), 'mine', (value) => {
    values.push(value)
  })
  connection.onRequest('followed', () => values)
  return 'following'
})
connection.listen()
