import { wire } from '../suites/wire.js'
import { memoryRaw } from '../support/pair.js'

wire('memory', memoryRaw, { policy: 1008 })
