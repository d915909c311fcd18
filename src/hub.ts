export { Hub, type HubOptions } from './hub/hub.js'
export type { Authenticate, Credentials, Identity } from './hub/identity.js'
export type { Handshake } from './transport/handshake.js'
