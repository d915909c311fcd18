import { readFileSync } from 'node:fs'

/** Bytes that are sent to a hub before it knows anybody, and what it answers. */
export interface HandshakeRow {
  readonly id: string
  readonly title: string
  readonly input: { readonly handshake: Record<string, unknown> }
  readonly expect: { readonly http?: number; readonly mustNotContain?: readonly string[] }
}

/** What somebody does to a hub, in words or as messages. */
export interface ScenarioRow {
  readonly id: string
  readonly title: string
  readonly input: unknown
}

interface Vectors {
  readonly handshakes: readonly HandshakeRow[]
  readonly scenarios: readonly ScenarioRow[]
  /** The cases that do not apply yet, by the reason. */
  readonly later: Readonly<Record<string, readonly string[]>>
}

export const vectors: Vectors = JSON.parse(
  readFileSync(new URL('vectors.json', import.meta.url), 'utf8'),
)
