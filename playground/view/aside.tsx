import type { Playground } from '../state/playground.js'
import { AboutMethod } from './about-method.js'
import { MessageDetails } from './message-details.js'

/** The right column: the message that was chosen in the timeline, otherwise the method in the composer. */
export function Aside({ playground }: { readonly playground: Playground }) {
  const { timeline, composer } = playground
  // Read, so that a message that is answered while it is open is shown anew.
  void timeline.rows.value
  const row = timeline.find(timeline.selected.value)
  if (row !== undefined) return <MessageDetails key={row.seq} row={row} timeline={timeline} />
  const { value: method } = composer.method
  return (
    <aside class="aside aside-method" aria-label="About the method">
      {method === undefined ? (
        <p class="empty">What a method takes and gives is shown here.</p>
      ) : (
        <AboutMethod
          key={method.name}
          method={method}
          document={playground.directory.document.value}
        />
      )}
    </aside>
  )
}
