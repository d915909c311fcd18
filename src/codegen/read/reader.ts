import type { Report } from '../diagnostic.js'
import type { Sources } from '../load/sources.js'
import type { ContractModel, Place } from '../model.js'
import type { JsonObject } from '../place.js'

/** A document to read, and what it is to be called. */
export interface Reading {
  readonly document: JsonObject
  readonly root: Place
  /** The name of the contract, where somebody chose one or the file has one. */
  readonly name: string | undefined
  readonly sources: Sources
  readonly report: Report
}

/** What reads one format of documents. */
export interface Reader {
  /** What it reads, as a fault calls it: `an OpenRPC document`. */
  readonly what: string
  /** Whether `document` looks like one. */
  fits(document: JsonObject): boolean
  /** Its contract. Throws a DocumentError with every fault found. */
  read(reading: Reading): ContractModel
}
