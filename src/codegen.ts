export { ArgumentError } from './codegen/argument-error.js'
export { type Diagnostic, DocumentError, diagnosticText } from './codegen/diagnostic.js'
export { type Generated, type GenerateOptions, generate } from './codegen/generate.js'
export {
  type Change,
  ForeignFileError,
  type FromOptions,
  findChanges,
  type GeneratedFiles,
  generateFrom,
  type LoadOptions,
  type Resolved,
  writeChanged,
} from './codegen/load/files.js'
export type { Fetch } from './codegen/load/origin.js'
export type { Place } from './codegen/model.js'
