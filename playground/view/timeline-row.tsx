import { Component } from 'preact'
import type { Row } from '../state/timeline.js'
import { duration, size, timeOfDay } from './format.js'
import { directionWords, kindWords, statusText } from './row-words.js'

interface RowProps {
  readonly row: Row
  readonly isSelected: boolean
  /** Whether the Tab key enters the rows here: one of them, so that thousands are not in the way. */
  readonly isEntry: boolean
  readonly select: (seq: number) => void
}

/** One message in the timeline. */
export class TimelineRow extends Component<RowProps> {
  // Rows are never changed: of thousands, only the new ones are drawn.
  override shouldComponentUpdate(next: RowProps): boolean {
    const { row, isSelected, isEntry } = this.props
    return row !== next.row || isSelected !== next.isSelected || isEntry !== next.isEntry
  }

  override render({ row, isSelected, isEntry, select }: RowProps) {
    const { seq, direction, method, kind, status } = row
    return (
      <tr
        class="row"
        tabIndex={isEntry ? 0 : -1}
        aria-selected={isSelected}
        data-testid="timeline-row"
        data-seq={seq}
        data-direction={direction}
        data-method={method}
        data-kind={kindWords[kind]}
        data-status={status}
        data-depth={row.depth}
        onClick={() => select(seq)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return
          event.preventDefault()
          // With Ctrl or ⌘ it is a call, wherever the focus is.
          if (!event.ctrlKey && !event.metaKey) select(seq)
        }}
      >
        <Cells row={row} />
      </tr>
    )
  }
}

function Cells({ row }: { readonly row: Row }) {
  const { direction, kind, latency, method } = row
  const hasId = kind !== 'notification'
  return (
    <>
      <td class="cell cell-time">{timeOfDay(row.at)}</td>
      <td class={`cell cell-dir arrow-${direction}`}>
        <span aria-hidden="true">{direction === 'out' ? '→' : '←'}</span>{' '}
        {directionWords[direction]}
      </td>
      <td class="cell cell-method" title={method}>
        <span class={`indent indent-${Math.min(row.depth, 4)}`} />
        {method || '(no method)'}
      </td>
      <td class="cell cell-kind">{kindWords[kind]}</td>
      <td class="cell cell-peer">{row.peer}</td>
      <td class="cell cell-id">{hasId ? `#${row.id}` : ''}</td>
      <td class={`cell cell-status status-${row.status}`}>{statusText(row)}</td>
      <td class="cell cell-latency">{latency === undefined ? '' : duration(latency)}</td>
      <td class="cell cell-size">{size(row.bytes)}</td>
    </>
  )
}
