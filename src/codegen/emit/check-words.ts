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
  const words = [type.integer ? 'an integer' : 'a number']
  if (type.minimum !== undefined) words.push(`of at least ${type.minimum}`)
  if (type.exclusiveMinimum !== undefined) words.push(`above ${type.exclusiveMinimum}`)
  if (type.maximum !== undefined) words.push(`of at most ${type.maximum}`)
  if (type.exclusiveMaximum !== undefined) words.push(`below ${type.exclusiveMaximum}`)
  if (type.multipleOf !== undefined) words.push(`that is a multiple of ${type.multipleOf}`)
  return words.join(' ')
}

function withArticle(name: string): string {
  return `${/^[AEIO]/i.test(name) ? 'an' : 'a'} ${name}`
}
