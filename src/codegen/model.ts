/** What every reader yields and every emitter takes: one service and its client, with nothing of the source format left. */
export interface ContractModel {
  /** Lower camel case, such as `orders`. */
  readonly name: string
  readonly version: string
  /** What the document calls it, for people. */
  readonly title?: string | undefined
  readonly description?: string | undefined
  /** Every type that is referred to, by id. Recursion goes through these and through nothing else. */
  readonly types: ReadonlyMap<string, NamedType>
  /** Sorted by name. */
  readonly methods: readonly Method[]
  /** Whether either side may serve a part of it, as where the two agree on their capabilities first. */
  readonly partial?: boolean | undefined
}

/** A place in a document: what every diagnostic names. */
export interface Place {
  readonly file: string
  /** A JSON pointer, `""` for the document itself. */
  readonly pointer: string
}

/** What a document says about a thing for people to read. */
export interface Docs {
  readonly summary?: string | undefined
  readonly description?: string | undefined
  /** Whether it is, or what to use instead. */
  readonly deprecated?: boolean | string | undefined
  /** The version that brought it. */
  readonly since?: string | undefined
  readonly experimental?: boolean | undefined
}

/** One message, from the side that sends it. */
export interface Method {
  /** As on the wire. */
  readonly name: string
  readonly kind: 'request' | 'stream' | 'notification' | 'event'
  readonly from: 'client' | 'server' | 'both'
  readonly params: readonly Param[]
  /** The params as one type, where the source has them so; `params` is empty then. */
  readonly payload?: Payload | undefined
  /** Whether a sender should write the params as an array. */
  readonly positional: boolean
  /** Whether a receiver takes an array alone or an object as well, where the document says so. */
  readonly structure?: 'by-position' | 'either' | undefined
  /** What a request is answered with, and what a stream returns at its end; nothing where that says nothing. */
  readonly result?: Type | undefined
  /** One of what a stream yields. */
  readonly item?: Type | undefined
  /** What it yields in place of that, where one param has one of these values. */
  readonly kinds?: Kinds | undefined
  /** How a stream is carried by a protocol that has none. */
  readonly subscription?: Subscription | undefined
  /** One of what the caller of a stream streams to it, where it does. */
  readonly input?: Type | undefined
  readonly errors: readonly ErrorCase[]
  /** What the result may come in, piece by piece, where the caller asks for it by a token in the params (LSP). */
  readonly partialResult?: Type | undefined
  /** What a service that begins to serve it later on tells of it (LSP). */
  readonly registration?: { readonly method: string; readonly options: Type } | undefined
  /** Calls that show how it is used, as OpenRPC has them. */
  readonly examples?: readonly unknown[] | undefined
  readonly docs: Docs
  /** What is said of its parts that are one type each. */
  readonly partDocs?: Readonly<Partial<Record<DescribedPart, Docs>>> | undefined
}

export type DescribedPart = 'payload' | 'result' | 'item' | 'input' | 'partialResult'

/** Items that depend on the value of one param. */
export interface Kinds {
  /** The name of the param. */
  readonly by: string
  /** Sorted by value. */
  readonly items: readonly { readonly value: string; readonly item: Type }[]
}

/** A call that is answered with an id, notifications that name it, and a call that ends them. */
export interface Subscription {
  /** What the call is answered with. */
  readonly id: Type
  readonly unsubscribe: string
  /** The name of its param, where it is called by name. */
  readonly unsubscribeParam?: string | undefined
  readonly notification: string
  /** The params of the notification that say which subscription it is for, and what it brings. */
  readonly members: { readonly id: string; readonly item: string }
  /** Further notifications, each of which is an item `{ notification, result }`. */
  readonly others: readonly string[]
}

export interface Payload {
  readonly type: Type
  readonly required: boolean
}

export interface Param {
  readonly name: string
  readonly type: Type
  readonly required: boolean
  readonly docs: Docs
}

export interface ErrorCase {
  /** Nothing where any code may come with such data. */
  readonly code?: number | undefined
  readonly message: string
  readonly data?: Type | undefined
}

/** A type that others refer to. */
export interface NamedType {
  /** A TypeScript identifier, distinct within the contract. */
  readonly name: string
  readonly type: Type
  readonly docs: Docs
}

/** What a schema says beside what it rules out, by keyword: `description`, `default`, `examples`. No check is generated from it. */
export type Annotations = Readonly<Record<string, unknown>>

export type Type = Shape & { readonly annotations?: Annotations | undefined }

type Shape =
  | { readonly kind: 'unknown' | 'never' | 'null' | 'boolean' }
  | TextType
  | BytesType
  | NumberType
  | LiteralType
  | ListType
  | TupleType
  | ObjectType
  | { readonly kind: 'union' | 'intersection'; readonly of: readonly Type[] }
  | { readonly kind: 'reference'; readonly id: string }

/** A string. Lengths count code points, as JSON Schema does. */
export interface TextType {
  readonly kind: 'string'
  readonly minLength?: number | undefined
  readonly maxLength?: number | undefined
  readonly pattern?: Pattern | undefined
}

/** Bytes, which in JSON are base64. Only what stubs are made of has them: elsewhere it is a text that says so. */
export interface BytesType {
  readonly kind: 'bytes'
  readonly max?: number | undefined
}

/** A regular expression that is known to compile, and to be matched in a moment. */
export interface Pattern {
  readonly source: string
  readonly flags: '' | 'u'
  /** What matches the same in less time, where `source` itself would take too long. */
  readonly checked?: string | undefined
}

export interface NumberType {
  readonly kind: 'number'
  readonly integer: boolean
  readonly minimum?: number | undefined
  readonly maximum?: number | undefined
  readonly exclusiveMinimum?: number | undefined
  readonly exclusiveMaximum?: number | undefined
  readonly multipleOf?: number | undefined
}

export type Scalar = string | number | boolean | null

/** One of some constants. */
export interface LiteralType {
  readonly kind: 'literal'
  readonly values: readonly Scalar[]
}

export interface ListType {
  readonly kind: 'list'
  readonly of: Type
  readonly minItems?: number | undefined
  readonly maxItems?: number | undefined
  readonly unique: boolean
}

/** An array whose first items have a type each; those past `minItems` may be missing. */
export interface TupleType {
  readonly kind: 'tuple'
  readonly items: readonly Type[]
  readonly rest: Type
  readonly minItems: number
  readonly maxItems?: number | undefined
  readonly unique: boolean
}

export interface ObjectType {
  readonly kind: 'object'
  /** Sorted by name. */
  readonly members: readonly Member[]
  /** What any further member must be; `undefined` where nobody has said, `never` where there must be none. */
  readonly rest?: Type | undefined
  readonly patterns: readonly { readonly pattern: Pattern; readonly type: Type }[]
  readonly minProperties?: number | undefined
  readonly maxProperties?: number | undefined
}

export interface Member {
  readonly name: string
  readonly type: Type
  readonly required: boolean
  readonly docs: Docs
}
