import { conformance } from '../suites/conformance.js'
import { endSeen, webStreamPeers } from '../support/streams.node.js'

conformance('a pair of web streams', webStreamPeers, endSeen)
