import { type Place, type Playground, places } from '../state/playground.js'

const titles: Readonly<Record<Place, string>> = {
  peers: 'Peers',
  methods: 'Methods',
  call: 'Call',
  inbox: 'Inbox',
  timeline: 'Timeline',
}

/** The way to each part of the page where only one fits. */
export function TabBar({ playground }: { readonly playground: Playground }) {
  const waiting = playground.inbox.questions.value.length
  return (
    <nav class="tab-bar" aria-label="Parts of the page">
      {places.map((place) => (
        <button
          key={place}
          type="button"
          class="place"
          aria-current={playground.place.value === place ? 'page' : undefined}
          data-testid={`place-${place}`}
          onClick={() => playground.go(place)}
        >
          {titles[place]}
          {place === 'inbox' && waiting > 0 && <span class="count count-urgent">{waiting}</span>}
        </button>
      ))}
    </nav>
  )
}
