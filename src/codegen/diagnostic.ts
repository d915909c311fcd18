import type { Place } from './model.js'
import { printable } from './printable.js'

/** One thing wrong with a document, or not understood in it. */
export interface Diagnostic extends Place {
  readonly problem: string
  /** What to do about it. */
  readonly advice: string
}

/** Thrown for a document no code can be generated from. Its message lists every fault found, one a line. */
export class DocumentError extends Error {
  override readonly name: string = 'DocumentError'
  readonly faults: readonly Diagnostic[]

  constructor(faults: readonly Diagnostic[]) {
    super(faults.map(diagnosticText).join('\n'))
    this.faults = faults
  }
}

/** The line to print for a diagnostic: `file#/pointer: problem; advice`. */
export function diagnosticText({ file, pointer, problem, advice }: Diagnostic): string {
  const place = `${file}${pointer === '' ? '' : `#${printable(pointer)}`}`
  return `${place}: ${printable(problem)}; ${printable(advice)}`
}

/** Collects what is found on the way, so that one run tells everything. */
export class Report {
  readonly faults: Diagnostic[] = []
  readonly warnings: Diagnostic[] = []
  readonly opaque: string[] = []

  /** Notes what makes the document unusable. */
  fault({ file, pointer }: Place, problem: string, advice: string): void {
    this.faults.push({ file, pointer, problem, advice })
  }

  /** Notes what is left out of the generated code. */
  warn({ file, pointer }: Place, problem: string, advice: string): void {
    this.warnings.push({ file, pointer, problem, advice })
  }

  /** Notes a schema that says nothing about its values. */
  open({ file, pointer }: Place): void {
    this.opaque.push(`${file}#${pointer}`)
  }

  /** Throws a DocumentError when there are faults. */
  settle(): void {
    if (this.faults.length > 0) throw new DocumentError(this.faults)
  }
}
