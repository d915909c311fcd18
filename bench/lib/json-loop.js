/** The least that makes calls and answers them: JSON both ways, ids in a Map, a frame a message. */
export function attachJsonLoop(wire, { methods, tick }) {
  const handlers = { ...methods, tick }
  const pending = new Map()
  let lastId = 0
  const send = (message) => wire.send(JSON.stringify(message))

  const settle = ({ id, result, error }) => {
    const { resolve, reject } = pending.get(id)
    pending.delete(id)
    if (error === undefined) resolve(result)
    else reject(new Error(error.message))
  }

  const answer = ({ id, method, params }) => {
    try {
      const result = handlers[method](params)
      if (id !== undefined) send({ jsonrpc: '2.0', id, result })
    } catch ({ message }) {
      if (id !== undefined) send({ jsonrpc: '2.0', id, error: { code: -32000, message } })
    }
  }

  wire.listen((text) => {
    const message = JSON.parse(text)
    if (message.method === undefined) settle(message)
    else answer(message)
  })

  return {
    call: (method, params) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        pending.set(id, { resolve, reject })
        send({ jsonrpc: '2.0', id, method, params })
      }),
    notify: (method, params) => send({ jsonrpc: '2.0', method, params }),
  }
}
