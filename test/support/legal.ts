/** Whether `value` is a response as section 5 of the specification has it, or a batch of them. */
export function isLegalAnswer(value: unknown): boolean {
  if (Array.isArray(value))
    return value.length > 0 && value.every((entry) => isLegalAnswer(entry) && !Array.isArray(entry))
  const { id, error } = value as Record<string, unknown>
  const names = namesOf(value)
  if (!isOurs(value) || !isId(id)) return false
  return names === 'id,jsonrpc,result' || (names === 'error,id,jsonrpc' && isLegalError(error))
}

/** Whether `value` is anything that a peer may send: a message of JSON-RPC, with `meta` or not, or a frame of them and of runs. */
export function isLegal(value: unknown): boolean {
  if (Array.isArray(value))
    return (
      value.length > 0 && value.every((entry) => isLegal(Array.isArray(entry) ? entry[0] : entry))
    )
  return isLegalAnswer(value) || isLegalCall(value as Record<string, unknown>)
}

function isLegalCall(value: Record<string, unknown>): boolean {
  const { id, method, params } = value
  const isParams = params === undefined || (typeof params === 'object' && params !== null)
  const known = ['id', 'jsonrpc', 'meta', 'method', 'params']
  const isKnown = Object.keys(value).every((name) => known.includes(name))
  return (
    isOurs(value) &&
    isKnown &&
    typeof method === 'string' &&
    isParams &&
    (id === undefined || isId(id))
  )
}

function isLegalError(error: unknown): boolean {
  const { code, message } = error as Record<string, unknown>
  return Number.isInteger(code) && typeof message === 'string'
}

function isOurs(value: unknown): boolean {
  return (value as Record<string, unknown>)['jsonrpc'] === '2.0'
}

function isId(id: unknown): boolean {
  return id === null || typeof id === 'string' || typeof id === 'number'
}

function namesOf(value: unknown): string {
  return Object.keys(value as object)
    .sort()
    .join()
}
