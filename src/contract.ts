export { type BytesAt, type BytesInside, bytesAt } from './contract/bytes-at.js'
export { Contract, contract, defineContract, type SideOf } from './contract/contract.js'
export type { Description, Discovery, MethodDescription, Shape } from './contract/describe.js'
export {
  type Answer,
  answers,
  asks,
  type Call,
  listens,
  streams,
  tells,
} from './contract/method.js'
export { inParts } from './contract/parts.js'
export type {
  Check,
  ContractContext,
  Convert,
  Event,
  Failure,
  FailureOf,
  Fault,
  Handlers,
  Message,
  Messages,
  Notification,
  Remote,
  Request,
  RequestArguments,
  RequestContext,
  Side,
  Stream,
  StreamArguments,
  StreamContext,
  Streams,
  Subscribing,
} from './contract/shape.js'
export { structOf } from './contract/struct.js'
export {
  any,
  array,
  boolean,
  bytes,
  described,
  enums,
  integer,
  lazy,
  literal,
  max,
  min,
  named,
  nonempty,
  nullable,
  number,
  object,
  optional,
  pattern,
  record,
  size,
  string,
  tuple,
  type,
  union,
  unknown,
} from './contract/structs.js'
export { type SubscriptionNames, subscription } from './contract/subscription.js'
export { type Validation, validating } from './contract/validating.js'
export { type Docs, event, notification, request, stream, type Word } from './contract/words.js'
