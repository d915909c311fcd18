import { Component } from 'preact'
import { useRef } from 'preact/hooks'
import { type Arrived, type Item, mostItems } from '../state/arrivals.js'
import { progressText, shareIn } from '../state/progress.js'
import { JsonLine } from './json-text.js'
import { countOf } from './row-words.js'
import { useFollow } from './use-follow.js'

/** What a call has brought so far: how far it is, and the items of a stream. */
export function ArrivedView({ arrived }: { readonly arrived: Arrived }) {
  return (
    // Read out, thousands of items would drown everything else.
    <div class="arrived" aria-live="off">
      {arrived.progress !== undefined && <Progress value={arrived.progress} />}
      {arrived.isStream && <Items arrived={arrived} />}
    </div>
  )
}

function Progress({ value }: { readonly value: unknown }) {
  const share = shareIn(value)
  return (
    <p class="progress" data-testid="progress">
      {share !== undefined && (
        <progress class="progress-bar" aria-label="Progress" value={share.done} max={share.total} />
      )}
      <span class="progress-text">{progressText(value)}</span>
    </p>
  )
}

function Items({ arrived: { items, count } }: { readonly arrived: Arrived }) {
  const list = useRef<HTMLOListElement>(null)
  const { isFollowing, follow, scrolled } = useFollow(list, items)
  return (
    <div class="items" data-testid="items" data-count={count}>
      <p class="items-head">
        <strong>{countOf(count, 'item')}</strong>
        {count > mostItems && <span>the newest {mostItems} are shown</span>}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard, too. */}
      <ol ref={list} class="item-list" aria-label="Items" tabIndex={0} onScroll={scrolled}>
        {items.map((item) => (
          <ItemRow key={item.number} item={item} />
        ))}
      </ol>
      {!isFollowing && items.length > 0 && (
        <button type="button" class="button follow" data-testid="follow-items" onClick={follow}>
          ↓ Newest
        </button>
      )}
    </div>
  )
}

interface ItemProps {
  readonly item: Item
}

class ItemRow extends Component<ItemProps> {
  // Items are never changed: of those shown, only the new ones are drawn.
  override shouldComponentUpdate(next: ItemProps): boolean {
    return next.item !== this.props.item
  }

  override render({ item: { number, value } }: ItemProps) {
    return (
      <li class="item" data-testid="item" data-number={number}>
        <span class="item-number">{number}</span>
        <JsonLine value={value} />
      </li>
    )
  }
}
