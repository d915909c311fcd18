export { ArgumentError } from './codegen/argument-error.js'
export { type Diagnostic, DocumentError, diagnosticText } from './codegen/diagnostic.js'
export { type Generated, type GenerateOptions, generate } from './codegen/generate.js'
export {
  type Change,
  ForeignFileError,
  findChanges,
  type GeneratedFiles,
  generateFrom,
  writeChanged,
} from './codegen/load/files.js'
export type { Place } from './codegen/model.js'
