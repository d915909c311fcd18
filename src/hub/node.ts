export { type LaunchToken, launchToken } from './node/launch-token.js'
export { type HubServer, type ServeOptions, serve } from './node/serve.js'
export { type HubSocketServer, type ServeSocketOptions, serveSocket } from './node/serve-socket.js'
