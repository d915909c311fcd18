/** Thrown for a path or a name that code cannot be generated with. Its message says what to do. */
export class ArgumentError extends Error {
  override readonly name: string = 'ArgumentError'
}
