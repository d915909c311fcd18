export { explain } from './contract/explain.js'
