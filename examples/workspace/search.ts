import type { Files } from './files.js'
import type { Match, Searched } from './workspace.gen.js'

const longestLine = 200

/** Whom a search tells how far it is, and what ends it. */
export interface SearchContext {
  readonly signal: AbortSignal
  progress(value: { readonly done: number; readonly total: number }): void
}

/** The lines of all text files that hold `text`, as they are found; in the end, how much was searched. */
export async function* search(
  files: Files,
  text: string,
  context: SearchContext,
): AsyncGenerator<Match, Searched> {
  const paths = await files.paths(context.signal)
  const searched = { files: 0, matches: 0 }
  for (const [done, path] of paths.entries()) {
    // Leaving a stream ends it where it yields; where nothing is found for long, the signal does.
    context.signal.throwIfAborted()
    tell(context, done, paths.length)
    const file = await files.read(path).catch(() => undefined)
    if (file === undefined) continue
    searched.files++
    for (const match of matchesIn(path, file.text, text)) {
      searched.matches++
      yield match
    }
  }
  tell(context, paths.length, paths.length)
  return searched
}

/** Tells every whole percent, not every file: nobody sees more of it. */
function tell({ progress }: SearchContext, done: number, total: number): void {
  const percent = (files: number) => Math.floor((100 * files) / total)
  if (total > 0 && percent(done) !== percent(done - 1)) progress({ done, total })
}

function matchesIn(path: string, content: string, text: string): Match[] {
  return content.split('\n').flatMap((line, index) => {
    if (!line.includes(text)) return []
    return [{ path, line: index + 1, text: line.trim().slice(0, longestLine) }]
  })
}
