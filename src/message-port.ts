export { messagePortTransport, type PortLike } from './transport/message-port.js'
