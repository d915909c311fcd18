import type { ContractModel, NumberType, TextType, Type } from '../model.js'

const longest = 160

/** What a type expects, in the words of a fault: `a string`, `one of "open", "paid"`, `a Pet or null`. */
export function expectation(type: Type, types: ContractModel['types']): string {
  const words = describe(type, types)
  return words.length > longest ? `${words.slice(0, longest)}…` : words
}

function describe(type: Type, types: ContractModel['types']): string {
  switch (type.kind) {
    case 'unknown':
      return 'a value'
    case 'never':
      return 'nothing'
    case 'null':
      return 'null'
    case 'boolean':
      return 'a boolean'
    case 'string':
      return describeText(type)
    case 'bytes':
      return type.max === undefined ? 'bytes' : `bytes, at most ${type.max}`
    case 'number':
      return describeNumber(type)
    case 'literal':
      return `${type.values.length > 1 ? 'one of ' : ''}${type.values.map((value) => JSON.stringify(value)).join(', ')}`
    case 'list':
    case 'tuple':
      return 'an array'
    case 'object':
      return 'an object'
    case 'union':
      return [...new Set(type.of.map((option) => describe(option, types)))].join(' or ')
    case 'intersection':
      return type.of
        .slice(0, 1)
        .map((part) => describe(part, types))
        .join('')
    case 'reference':
      return withArticle(types.get(type.id)?.name ?? 'value')
  }
}

function describeText({ minLength = 0, maxLength, pattern }: TextType): string {
  const characters = (count: number) => `${count} character${count === 1 ? '' : 's'}`
  const words = ['a string']
  if (minLength > 0 && maxLength === undefined) words.push(`of at least ${characters(minLength)}`)
  if (maxLength !== undefined)
    words.push(`of ${minLength > 0 ? `${minLength} to` : 'at most'} ${characters(maxLength)}`)
  if (pattern !== undefined) words.push(`that matches ${JSON.stringify(pattern.source)}`)
  return words.join(' ')
}

function describeNumber(type: NumberType): string {
  const bounds = [
    type.minimum === undefined ? '' : `of at least ${type.minimum}`,
    type.exclusiveMinimum === undefined ? '' : `above ${type.exclusiveMinimum}`,
    type.maximum === undefined ? '' : `of at most ${type.maximum}`,
    type.exclusiveMaximum === undefined ? '' : `below ${type.exclusiveMaximum}`,
    type.multipleOf === undefined ? '' : `that is a multiple of ${type.multipleOf}`,
  ].filter(Boolean)
  const kind = type.integer ? 'an integer' : 'a number'
  return bounds.length === 0 ? kind : `${kind} ${bounds.join(' and ')}`
}

function withArticle(name: string): string {
  return `${/^[AEIO]/i.test(name) ? 'an' : 'a'} ${name}`
}
