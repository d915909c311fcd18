/** A few words of the other end, in which nothing steers a terminal or hides. */
export function plain(text: string): string {
  const short = text.length > 64 ? `${text.slice(0, 64)}...` : text
  return short.replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
