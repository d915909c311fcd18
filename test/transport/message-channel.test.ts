import { conformance } from '../suites/conformance.js'
import { messageChannelPeers } from '../support/pair.js'

conformance('MessageChannel', messageChannelPeers)
