import { ArgumentError } from './argument-error.js'
import { lowerCamel, reservedWords, upperCamel } from './names.js'

/** What the file of the contract imports, and its constant must not hide. */
const taken = new Set([
  'Contract',
  'bytesAt',
  'defineContract',
  'inParts',
  'subscription',
  ...reservedWords,
])

/** How the checks and the places of bytes are called, whose names come from types and methods. */
const takenForm = /^(check|bytesIn)[^a-z]/

/** The name of a contract and of its constant, from what somebody called it: ASCII, as the names of services are. */
export function contractNameFrom(text: string): string {
  const ascii = text.normalize('NFKD').replaceAll(/[^ -~]/gu, '')
  const name = lowerCamel(ascii).slice(0, 64) || 'contract'
  if (takenForm.test(name)) return `contract${upperCamel(name)}`.slice(0, 64)
  return taken.has(name) ? `${name}Contract` : name
}

/** `name`, which somebody chose for a contract, as it is. Throws an ArgumentError where it cannot name one. */
export function chosenContractName(name: string): string {
  if (/^[A-Za-z_]\w{0,63}$/.test(name) && !taken.has(name) && !takenForm.test(name)) return name
  const advice = `use an identifier of at most 64 letters, digits and _, such as ${contractNameFrom(name)}`
  throw new ArgumentError(`${JSON.stringify(name)} cannot name a contract; ${advice}`)
}
