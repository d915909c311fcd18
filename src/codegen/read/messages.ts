import type { Report } from '../diagnostic.js'
import type { Method } from '../model.js'
import type { Definition, Definitions, Schema } from './definitions.js'

/** What a JSON Schema says of one message. */
export interface Message {
  readonly name: string
  readonly isRequest: boolean
  readonly from: Method['from']
  /** What the docs of the message are taken from. */
  readonly described: Schema
  readonly params?: Schema | undefined
  readonly mayOmitParams: boolean
  readonly result?: Schema | undefined
}

/** A way in which JSON Schemas describe messages. */
export interface MessageStyle {
  /** The name of the message that a definition describes this way, if it does. */
  named(definition: Definition, definitions: Definitions): string | undefined
  /** The messages that `definitions` describe this way. */
  read(definitions: Definitions, report: Report): Message[]
}
