import { errorCodes, type RpcError } from 'bothways'
import { useEffect, useRef } from 'preact/hooks'
import type { Outcome } from '../state/composer.js'
import type { Playground } from '../state/playground.js'
import { memberOf, textIn } from '../wire/reading.js'
import { ArrivedView } from './arrived.js'
import { Fact } from './fact.js'
import { duration, size } from './format.js'
import { JsonText } from './json-text.js'
import { whatToDoAboutService } from './service-gone.js'

/** How the latest call went, or goes. */
export function ResultView({ playground }: { readonly playground: Playground }) {
  const { outcome, arrivals } = playground.composer
  const section = useRef<HTMLElement>(null)
  // Under a long form the answer would come where nobody looks, and so would the first items, which make a list grow.
  useEffect(() => {
    if (outcome.value !== undefined) section.current?.scrollIntoView({ block: 'nearest' })
  }, [outcome.value, Math.min(arrivals.shown.value.count, itemsThatFit)])
  return (
    <section ref={section} class="result" aria-label="Result" aria-live="polite">
      {outcome.value === undefined ? (
        <p class="empty">The result will be shown here.</p>
      ) : (
        <OutcomeView outcome={outcome.value} playground={playground} />
      )}
    </section>
  )
}

/** Items after which the list scrolls, or a few more. */
const itemsThatFit = 20

interface OutcomeProps {
  readonly outcome: Outcome
  readonly playground: Playground
}

function OutcomeView({ outcome, playground }: OutcomeProps) {
  const { value: arrived } = playground.composer.arrivals.shown
  return (
    <div data-testid="result" data-status={outcome.status}>
      <p class="result-line">
        <strong class={`verdict verdict-${outcome.status}`}>
          {verdictOn(outcome, arrived.isStream)}
        </strong>
        <code class="result-method">{outcome.method}</code>
        <span class="result-facts">{factsOf(outcome, arrived.isStream)}</span>
      </p>
      <ArrivedView arrived={arrived} />
      <Content outcome={outcome} playground={playground} />
    </div>
  )
}

const verdicts = {
  running: '… running',
  ok: '✓ result',
  error: '✗ error',
  cancelled: '⊘ cancelled',
  told: '✓ told',
} as const

function verdictOn({ status }: Outcome, isStream: boolean): string {
  if (isStream && status === 'ok') return '✓ ended'
  return isStream && status === 'cancelled' ? '⊘ stopped' : verdicts[status]
}

function factsOf(outcome: Outcome, isStream: boolean): string {
  if (outcome.status === 'ok' && !isStream)
    return `${duration(outcome.latency)} · ${size(outcome.bytes)}`
  return 'latency' in outcome ? duration(outcome.latency) : ''
}

function Content({ outcome, playground }: OutcomeProps) {
  const { value: arrived } = playground.composer.arrivals.shown
  if (outcome.status === 'ok')
    return arrived.isStream ? (
      <Returned value={outcome.result} />
    ) : (
      <JsonText value={outcome.result} />
    )
  if (outcome.status === 'error')
    return <Failure error={outcome.error} hint={hintFor(outcome.error, playground)} />
  if (outcome.status === 'running') return <Waiting playground={playground} />
  return null
}

/** What a stream returned at its end, where it returned anything. */
function Returned({ value }: { readonly value: unknown }) {
  if (value === undefined || value === null) return null
  return (
    <div data-testid="returned">
      <h3 class="returned-title">Returned</h3>
      <JsonText value={value} />
    </div>
  )
}

/** A call that waits for this very page says so: the answer is a click away. */
function Waiting({ playground }: { readonly playground: Playground }) {
  const [question] = playground.inbox.questions.value
  const { isStream, count } = playground.composer.arrivals.shown.value
  if (question === undefined && count > 0) return null
  if (question === undefined)
    return <p class="empty">Waiting for {isStream ? 'the first item' : 'the answer'}.</p>
  return (
    <p class="asked">
      <span>
        <span class="arrow arrow-in" aria-hidden="true">
          ←
        </span>{' '}
        {question.from} asks <code>{question.method.name}</code>: answer it in the inbox.
      </span>
      <button
        type="button"
        class="button asked-go"
        data-testid="go-to-inbox"
        onClick={() => playground.go('inbox')}
      >
        Open the inbox
      </button>
    </p>
  )
}

/** What the hub advises is for programs that call; whoever is at this page can start the extension again. */
function hintFor({ code, hint }: RpcError, { isServiceGone }: Playground): string | undefined {
  return isServiceGone && gone.has(code) ? whatToDoAboutService : hint
}

const gone: ReadonlySet<number> = new Set([errorCodes.unavailable, errorCodes.calleeLost])

function Failure(props: { readonly error: RpcError; readonly hint: string | undefined }) {
  const { error, hint } = props
  const path = textIn(error.data, 'path')
  return (
    <div class="failure">
      <p class="failure-message" data-testid="error-message">
        {error.message}
      </p>
      {hint !== undefined && (
        <p class="failure-hint" data-testid="error-hint">
          {hint}
        </p>
      )}
      <dl class="facts">
        <Fact name="Code">
          <span data-testid="error-code">{error.code}</span>
          {error.reason !== undefined && <span data-testid="error-reason"> {error.reason}</span>}
        </Fact>
        <Fact name="Made by">{error.remote ? 'the other end' : 'this page'}</Fact>
        {path !== undefined && <Fact name="At">{path}</Fact>}
        {error.delivery !== undefined && <Fact name="Delivery">{error.delivery}</Fact>}
      </dl>
      {hasMoreData(error.data) && <JsonText value={error.data} />}
    </div>
  )
}

/** Data in our own words is shown as facts already. */
function hasMoreData(data: unknown): boolean {
  return data !== undefined && memberOf(data, 'reason') === undefined
}
