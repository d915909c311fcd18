/** What the composer holds where the demo is there: a call that shows both directions, for its service asks back. */
export const firstCall = {
  method: 'workspace.write',
  params: { path: 'notes/hello.md', text: 'Hello from the playground\n' },
} as const
