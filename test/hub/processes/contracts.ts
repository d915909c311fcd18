import { contract, object, request, string, type } from 'bothways/contract'

const text = object({ text: string() })

/** What extensions provide. */
export const formatter = contract('formatter', '1.0.0', {
  service: {
    format: request({ params: text, result: type({ text: string(), caller: string() }) }),
    hang: request(),
  },
  client: { began: request() },
})

/** What the process of the hub provides. */
export const settings = contract('settings', '1.0.0', {
  service: {
    get: request({ params: object({ key: string() }), result: string() }),
    hang: request(),
  },
})
