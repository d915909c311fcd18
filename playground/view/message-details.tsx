import { useSignal } from '@preact/signals'
import type { Row, Timeline } from '../state/timeline.js'
import { memberOf } from '../wire/reading.js'
import { Fact } from './fact.js'
import { duration, size, timeOfDay } from './format.js'
import { JsonText } from './json-text.js'
import { countOf, directionWords, kindWords, statusText } from './row-words.js'
import { Tabs } from './tabs.js'

/** Everything about one message, and about the one it answers or is answered by. */
export function MessageDetails(props: { readonly row: Row; readonly timeline: Timeline }) {
  const { row, timeline } = props
  return (
    <aside class="aside aside-message" aria-label="Message" data-testid="details">
      <div class="details-head">
        <h2 class="panel-title">Message</h2>
        <button
          type="button"
          class="button button-quiet"
          data-testid="details-close"
          onClick={() => (timeline.selected.value = undefined)}
        >
          Close
        </button>
      </div>
      <h3 class="details-title">
        <span class={`arrow arrow-${row.direction}`} aria-hidden="true">
          {row.direction === 'out' ? '→' : '←'}
        </span>
        {row.method || 'no method'}
      </h3>
      <Facts row={row} />
      <Content row={row} pair={timeline.find(row.pair)} />
    </aside>
  )
}

function Facts({ row }: { readonly row: Row }) {
  return (
    <dl class="facts">
      <Fact name="Kind">
        {kindWords[row.kind]}, {directionWords[row.direction]}
      </Fact>
      <Fact name={row.direction === 'out' ? 'To' : 'From'}>{row.peer}</Fact>
      {row.kind !== 'notification' && <Fact name="Id">{String(row.id)}</Fact>}
      <Fact name={row.kind === 'items' ? 'Items' : 'Status'}>{statusText(row)}</Fact>
      {row.consumed !== undefined && <Fact name="Consumed">{countOf(row.consumed, 'item')}</Fact>}
      {row.messages > 1 && <Fact name="Messages">{row.messages.toLocaleString('en')}</Fact>}
      {row.latency !== undefined && <Fact name="Latency">{duration(row.latency)}</Fact>}
      <Fact name="Size">{size(row.bytes)}</Fact>
      <Fact name="Time">{timeOfDay(row.at)}</Fact>
    </dl>
  )
}

interface ContentProps {
  readonly row: Row
  readonly pair: Row | undefined
}

function Content({ row, pair }: ContentProps) {
  return row.kind === 'items' || row.kind === 'progress' ? (
    <BesideContent row={row} pair={pair} />
  ) : (
    <CallContent row={row} pair={pair} />
  )
}

/** What came last of many, and the params of the request that they are beside. */
function BesideContent({ row, pair }: ContentProps) {
  const tab = useSignal('latest')
  return (
    <Tabs
      label="Parts of the message"
      chosen={tab.value}
      choose={(key) => (tab.value = key)}
      tabs={[
        { key: 'latest', title: 'Latest', content: <Part value={latestIn(row)} /> },
        { key: 'params', title: 'Params', content: <Part value={paramsOf(pair)} /> },
        { key: 'raw', title: 'Raw', content: <JsonText value={row.value} /> },
      ]}
    />
  )
}

/** What came last: items, or why there are no more of them, or how far it is. */
function latestIn({ kind, value }: Row): unknown {
  const params = memberOf(value, 'params')
  if (kind === 'progress') return memberOf(params, 'value')
  return memberOf(params, 'values') ?? memberOf(params, 'error')
}

function CallContent({ row, pair }: ContentProps) {
  const isAnswer = row.kind === 'result' || row.kind === 'error'
  const [question, answer] = isAnswer ? [pair, row] : [row, pair]
  const isError = answer?.kind === 'error'
  const tab = useSignal(isAnswer ? 'result' : 'params')
  return (
    <Tabs
      label="Parts of the message"
      chosen={tab.value}
      choose={(key) => (tab.value = key)}
      tabs={[
        { key: 'params', title: 'Params', content: <Part value={paramsOf(question)} /> },
        {
          key: 'result',
          title: isError ? 'Error' : 'Result',
          content: <Part value={memberOf(answer?.value, isError ? 'error' : 'result')} />,
        },
        { key: 'raw', title: 'Raw', content: <JsonText value={row.value} /> },
      ]}
    />
  )
}

function Part({ value }: { readonly value: unknown }) {
  return value === undefined ? <p class="empty">There is none.</p> : <JsonText value={value} />
}

/** What was asked: of a stream, the params of the method inside. */
function paramsOf(row: Row | undefined): unknown {
  const params = memberOf(row?.value, 'params')
  return row?.kind === 'stream' ? memberOf(params, 'params') : params
}
