/** How many messages a frame has, those of its runs included. */
export function messagesIn(frame: string): number {
  const value: unknown = JSON.parse(frame)
  return Array.isArray(value) ? value.flat().length : 1
}
