import { array, number, object, optional, record, size, string, type, unknown } from 'superstruct'
import { contract } from '../contract/contract.js'
import { event, notification, request } from '../contract/words.js'

const member = object({
  session: string(),
  principal: string(),
  name: string(),
  services: array(string()),
})

/** Parts of a description, by name. */
const named = record(string(), unknown())

/** What a hub answers itself, as `hub.<method>`. */
export const ownMethods = contract('hub', '1.0.0', {
  service: {
    provide: request({
      params: object({
        service: string(),
        version: size(string(), 1, 128),
        instance: optional(size(string(), 1, 128)),
        description: type({
          methods: array(type({ name: string() })),
          components: optional(
            type({ schemas: optional(named), contentDescriptors: optional(named) }),
          ),
        }),
      }),
      result: unknown(),
    }),
    withdraw: request({ params: object({ registration: string() }) }),
    use: notification({ params: object({ service: string() }) }),
    wait: request({ params: object({ service: string() }) }),
    watch: request(),
  },
  client: {
    members: event({ data: object({ members: array(member), omitted: number() }) }),
    ended: event({ data: object({ registration: string(), reason: string() }) }),
  },
})
