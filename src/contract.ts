export {
  any,
  array,
  boolean,
  enums,
  integer,
  literal,
  nullable,
  number,
  object,
  optional,
  record,
  string,
  type,
  unknown,
} from 'superstruct'
export { bytes, union } from './contract/bytes.js'
export { Contract, contract, defineContract, type SideOf } from './contract/contract.js'
export type { Description, Discovery, MethodDescription } from './contract/describe.js'
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
} from './contract/shape.js'
export { structOf } from './contract/struct.js'
export { event, notification, request, stream, type Word } from './contract/words.js'
