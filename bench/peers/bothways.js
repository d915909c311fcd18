import { bothways, entry } from '../lib/bothways.js'

export const peer = {
  ...bothways(true),
  bundles: {
    'bothways core': `export { Peer } from ${JSON.stringify(entry('index'))}`,
    'bothways core + websocket': `
      export { Peer } from ${JSON.stringify(entry('index'))}
      export { connect } from ${JSON.stringify(entry('websocket'))}`,
  },
}
