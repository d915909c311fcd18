export { messagePortTransport, type PortLike } from './transport/message-port.js'
export { type WindowOptions, windowTransport } from './transport/window.js'
