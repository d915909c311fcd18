import { contentLength } from './content-length.js'
import type { Framing } from './framing.js'
import { lengthPrefix } from './length-prefix.js'
import { newline } from './newline.js'

/** A framing, or the name of one that needs no options. */
export type FramingOption = Framing | 'newline' | 'contentLength' | 'lengthPrefix'

/** The framing that `option` is or names. Default `newline`. */
export function framingOf(option: FramingOption = 'newline'): Framing {
  return typeof option === 'string' ? named[option] : option
}

const named = { newline, contentLength, lengthPrefix: lengthPrefix() }
