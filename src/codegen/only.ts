import { ArgumentError } from './argument-error.js'
import { idsIn } from './graph.js'
import type { ContractModel, Method, NamedType } from './model.js'

/**
 * The contract with those methods alone whose names match one of `patterns`, in which `*` stands for anything, and the
 * types that these need. Throws an ArgumentError for a pattern that matches none.
 */
export function only(model: ContractModel, patterns: readonly string[]): ContractModel {
  const tests = patterns.map((pattern) => ({ pattern, regExp: regExpOf(pattern) }))
  const idle = tests.find(({ regExp }) => !model.methods.some(({ name }) => regExp.test(name)))
  if (idle !== undefined) {
    const advice = `the first of its methods is ${JSON.stringify(model.methods[0]?.name ?? '')}`
    throw new ArgumentError(`no method of ${model.name} matches "${idle.pattern}"; ${advice}`)
  }
  const methods = model.methods.filter(({ name }) => tests.some(({ regExp }) => regExp.test(name)))
  return { ...model, methods, types: typesOf(methods, model.types) }
}

function regExpOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}

function typesOf(methods: readonly Method[], types: ContractModel['types']) {
  const needed = new Set(methods.flatMap(idsIn))
  // What one type needs may need more; a Set goes on over what is added on the way.
  for (const id of needed) for (const further of idsIn(types.get(id))) needed.add(further)
  return new Map<string, NamedType>([...types].filter(([id]) => needed.has(id)))
}
