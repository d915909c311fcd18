import { useSignal } from '@preact/signals'
import type { Row, Timeline } from '../state/timeline.js'
import { memberOf } from '../wire/reading.js'
import { Fact } from './fact.js'
import { duration, size, timeOfDay } from './format.js'
import { JsonText } from './json-text.js'
import { directionWords, kindWords, statusText } from './row-words.js'
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
      <Fact name="Status">{statusText(row)}</Fact>
      {row.latency !== undefined && <Fact name="Latency">{duration(row.latency)}</Fact>}
      <Fact name="Size">{size(row.bytes)}</Fact>
      <Fact name="Time">{timeOfDay(row.at)}</Fact>
    </dl>
  )
}

function Content({ row, pair }: { readonly row: Row; readonly pair: Row | undefined }) {
  const isAnswer = row.kind === 'result' || row.kind === 'error'
  const [question, answer] = isAnswer ? [pair, row] : [row, pair]
  const tab = useSignal(isAnswer ? 'result' : 'params')
  return (
    <Tabs
      label="Parts of the message"
      chosen={tab.value}
      choose={(key) => (tab.value = key)}
      tabs={[
        { key: 'params', title: 'Params', content: <Part message={question} name="params" /> },
        {
          key: 'result',
          title: answer?.kind === 'error' ? 'Error' : 'Result',
          content: <Part message={answer} name={answer?.kind === 'error' ? 'error' : 'result'} />,
        },
        { key: 'raw', title: 'Raw', content: <JsonText value={row.value} /> },
      ]}
    />
  )
}

function Part({ message, name }: { readonly message: Row | undefined; readonly name: string }) {
  if (message === undefined) return <p class="empty">There is none.</p>
  const part = memberOf(message.value, name)
  return part === undefined ? <p class="empty">There is none.</p> : <JsonText value={part} />
}
