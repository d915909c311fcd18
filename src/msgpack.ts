export { messagePack } from './protocol/message-pack.js'
