import { useEffect } from 'preact/hooks'
import type { Playground } from '../state/playground.js'
import { Aside } from './aside.js'
import { ComposerPanel } from './composer.js'
import { Header } from './header.js'
import { InboxPanel } from './inbox.js'
import { MethodsPanel } from './methods.js'
import { Notice } from './notice.js'
import { PeersPanel } from './peers.js'
import { TabBar } from './tab-bar.js'
import { TimelinePanel } from './timeline.js'

/** The whole page. */
export function App({ playground }: { readonly playground: Playground }) {
  useEffect(() => listenForKeys(playground), [playground])
  return (
    <div class="app" data-place={playground.place}>
      <Header connection={playground.connection} />
      <Notice playground={playground} />
      <nav class="rail" aria-label="Hub">
        <PeersPanel playground={playground} />
        <MethodsPanel playground={playground} />
        <InboxPanel playground={playground} />
      </nav>
      <ComposerPanel playground={playground} />
      <Aside playground={playground} />
      <TimelinePanel timeline={playground.timeline} />
      <TabBar playground={playground} />
    </div>
  )
}

/** The keys that work wherever the focus is; returns what ends that. */
function listenForKeys(playground: Playground): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void playground.call()
    else if (event.key === '/' && !isTyping(event)) focusFilter(playground)
    else return
    event.preventDefault()
  }
  addEventListener('keydown', pressed)
  return () => removeEventListener('keydown', pressed)
}

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select') !== null
}

function focusFilter(playground: Playground): void {
  playground.place.value = 'timeline'
  // On a narrow screen the filter can take the focus only once its place is shown.
  requestAnimationFrame(() => document.getElementById('filter')?.focus())
}
