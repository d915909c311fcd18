import { escapeInvisible } from './emit/literal.js'

/** Characters of what others wrote that are printed at once. */
const longest = 500

/** `text`, in part of others, as one line to print: short, and with nothing that steers a terminal or hides. */
export function printable(text: string): string {
  return escapeInvisible(text.length > longest ? `${text.slice(0, longest)}...` : text)
}

/** `text` of several lines to print, of which each stays as long as it is. */
export function printableLines(text: string): string {
  return text.split('\n').map(escapeInvisible).join('\n')
}
