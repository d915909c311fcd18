import type { Scalar } from '../model.js'

/**
 * The TypeScript literal of a scalar. JSON.stringify is the only way from a document into code; single quotes are put
 * around it afterwards, where nothing inside needs them.
 */
export function literal(value: Scalar): string {
  const json = escapeInvisible(JSON.stringify(value))
  if (typeof value !== 'string' || value.includes("'")) return json
  return `'${json.slice(1, -1).replaceAll('\\"', '"')}'`
}

/** `name` as a key: bare where it is an identifier, quoted elsewhere. */
export function propertyKey(name: string): string {
  return isIdentifier(name) ? name : literal(name)
}

/** `name` as a key of an object literal, where `__proto__` would otherwise set the prototype. */
export function memberKey(name: string): string {
  return name === '__proto__' ? `[${literal(name)}]` : literal(name)
}

/** Whether `name` can stand unquoted as a key. ASCII only, to look the same to every reader. */
export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name)
}

/** `text` with control characters, and what is invisible or turns the reading direction, written as escapes. */
export function escapeInvisible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}${lowHalf(character)}`,
  )
}

function lowHalf(character: string): string {
  return character.length === 1 ? '' : `\\u${character.charCodeAt(1).toString(16)}`
}
