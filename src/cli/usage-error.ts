/** Thrown for a command line that says something it cannot: the exit code is 2. The message says what to do. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}
