export type { Link, LinkListener } from './link/link.js'
export type { Context, Remote } from './peer/context.js'
export type { Schedule } from './peer/lane.js'
export type {
  Call,
  Diagnostic,
  Greeting,
  HandleOptions,
  Handler,
  HelloOptions,
  InboundCall,
  Interceptor,
  OutboundCall,
  Outcome,
  PeerOptions,
  Registration,
  RequestOptions,
  StreamOptions,
} from './peer/options.js'
export { Peer, type PeerState } from './peer/peer.js'
export { closeCodes } from './protocol/close-codes.js'
export type { Codec } from './protocol/codec.js'
export type { Dialect, Speaker, Wording } from './protocol/dialect.js'
export {
  type Delivery,
  type ErrorDetails,
  type ErrorObject,
  errorCodes,
  type Reason,
  RpcError,
} from './protocol/error.js'
export { defaultLimits, type Limits } from './protocol/limits.js'
export type { Meta, Origin, Params } from './protocol/message.js'
export type { Runtime, Timer } from './runtime.js'
export type { RemoteStream } from './stream/remote-stream.js'
export { memoryPair } from './transport/memory.js'
export type { CloseReason, Transport, TransportListener } from './transport/transport.js'
