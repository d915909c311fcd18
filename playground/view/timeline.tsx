import { useRef } from 'preact/hooks'
import { messagesIn, mostRows, type Row, type Timeline } from '../state/timeline.js'
import { TimelineRow } from './timeline-row.js'
import { useFollow } from './use-follow.js'

const columns = [
  'Time',
  'Dir',
  'Method',
  'Kind',
  'Peer',
  'Id',
  'Status',
  'Latency',
  'Size',
] as const

/** Every message in both directions, the newest last. */
export function TimelinePanel({ timeline }: { readonly timeline: Timeline }) {
  return (
    <section class="timeline place-timeline" aria-labelledby="timeline-title">
      <Toolbar timeline={timeline} />
      <Messages timeline={timeline} />
    </section>
  )
}

function Toolbar({ timeline }: { readonly timeline: Timeline }) {
  const { query, isPaused } = timeline
  return (
    <div class="toolbar">
      <h2 id="timeline-title" class="panel-title">
        Timeline
      </h2>
      <input
        id="filter"
        class="input filter"
        type="search"
        aria-label="Filter the timeline"
        placeholder="method:workspace.*  status:error  dir:in  text"
        autocomplete="off"
        spellcheck={false}
        data-testid="filter"
        value={query.value}
        onInput={(event) => (query.value = event.currentTarget.value)}
      />
      <Counts timeline={timeline} />
      <button
        type="button"
        class="button button-quiet"
        aria-pressed={isPaused.value}
        data-testid="pause"
        onClick={() => timeline.pause(!isPaused.value)}
      >
        {isPaused.value ? 'Resume' : 'Pause'}
      </button>
      <button
        type="button"
        class="button button-quiet"
        data-testid="clear"
        onClick={() => timeline.clear()}
      >
        Clear
      </button>
    </div>
  )
}

function Counts({ timeline }: { readonly timeline: Timeline }) {
  const { rows, shown, dropped, isPaused } = timeline
  const all = messagesIn(rows.value)
  const some = messagesIn(shown.value)
  return (
    <p class="counts" data-testid="counts">
      {isPaused.value && <strong>paused · </strong>}
      {rows.value.length === shown.value.length ? all : `${some} of ${all}`}{' '}
      {all === 1 ? 'message' : 'messages'}
      {dropped.value > 0 && (
        <span title={`The latest ${mostRows} rows are kept`}> · {dropped.value} dropped</span>
      )}
    </p>
  )
}

function Messages({ timeline }: { readonly timeline: Timeline }) {
  const list = useRef<HTMLDivElement>(null)
  const { value: rows } = timeline.shown
  const { isFollowing, follow, scrolled } = useFollow(list, rows)
  return (
    <div class="messages">
      <div ref={list} class="message-list" data-testid="timeline-list" onScroll={scrolled}>
        <Table timeline={timeline} rows={rows} />
        {rows.length === 0 && <NoRows timeline={timeline} />}
      </div>
      {!isFollowing && rows.length > 0 && (
        <button type="button" class="button follow" data-testid="follow" onClick={follow}>
          ↓ Newest
        </button>
      )}
    </div>
  )
}

function Table({ timeline, rows }: { readonly timeline: Timeline; readonly rows: readonly Row[] }) {
  const { selected } = timeline
  const entry = rows.find(({ seq }) => seq === selected.value) ?? rows.at(-1)
  return (
    <table
      class="table"
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows are chosen, which is what a grid is for.
      role="grid"
      aria-label="Messages"
      aria-rowcount={rows.length + 1}
      onKeyDown={(event) => stepThrough(timeline, rows, event)}
    >
      <thead>
        <tr>
          {columns.map((name) => (
            <th key={name} scope="col" class={`cell cell-${name.toLowerCase()}`}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <TimelineRow
            key={row.seq}
            row={row}
            isSelected={selected.value === row.seq}
            isEntry={row === entry}
            select={(seq) => (selected.value = seq)}
          />
        ))}
      </tbody>
    </table>
  )
}

function NoRows({ timeline }: { readonly timeline: Timeline }) {
  const isFiltered = timeline.rows.value.length > 0
  return (
    <p class="empty empty-timeline">
      {isFiltered ? 'No message fits the filter.' : 'Messages appear here as they travel.'}
    </p>
  )
}

/** Arrow keys go from row to row; Enter and Space open one, which the row itself sees to. */
function stepThrough(timeline: Timeline, rows: readonly Row[], event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (event.key === 'Escape') timeline.selected.value = undefined
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return
  event.preventDefault()
  const elements = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-seq]')]
  const index = elements.findIndex((element) => element.contains(document.activeElement))
  const next = Math.min(Math.max(index + step, 0), rows.length - 1)
  elements[next]?.focus()
  if (timeline.selected.value !== undefined) timeline.selected.value = rows[next]?.seq
}
