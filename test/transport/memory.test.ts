import { conformance } from '../suites/conformance.js'
import { memoryPeers } from '../support/pair.js'

conformance('memory', memoryPeers)
