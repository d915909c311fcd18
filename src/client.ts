export { type JoinOptions, join } from './client/join.js'
export {
  type EventsOf,
  greetHub,
  type MemberInfo,
  Membership,
  type MembersListener,
  type ProvideOptions,
  type Provision,
  type WaitOptions,
} from './client/membership.js'
