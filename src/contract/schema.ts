import type { Struct } from 'superstruct'

/** A JSON Schema, as far as a contract writes one. */
export type Schema = Readonly<Record<string, unknown>>

/** The schemas that have names, as they are met. */
export type NamedSchemas = Record<string, unknown>

type Describe = (named: NamedSchemas) => Schema

// Beside the structs, not in them: superstruct copies a struct's members into others that describe something else.
const described = new WeakMap<object, Describe>()

/** Any struct, whatever it describes. */
// biome-ignore lint/suspicious/noExplicitAny: what a struct holds inside is of no interest here.
export type AnyStruct = Struct<any, any>

/** `struct`, of which is known from now on what it describes. */
export function knowing<S extends object>(struct: S, describe: Describe): S {
  described.set(struct, describe)
  return struct
}

/** The JSON Schema of `struct`; any value where nobody has said. What has a name is put into `named`. */
export function schemaOf(struct: AnyStruct, named: NamedSchemas): Schema {
  return described.get(struct)?.(named) ?? {}
}
