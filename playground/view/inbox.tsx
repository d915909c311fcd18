import type { Settled } from '../state/inbox.js'
import type { Playground } from '../state/playground.js'
import { QuestionCard } from './question.js'

/** What others ask of this page, to be answered by a click. */
export function InboxPanel({ playground }: { readonly playground: Playground }) {
  const { questions, settled } = playground.inbox
  const isEmpty = questions.value.length === 0
  return (
    <section class="panel place-inbox" aria-labelledby="inbox-title" data-testid="inbox">
      <h2 id="inbox-title" class="panel-title">
        Inbox <span class={isEmpty ? 'count' : 'count count-urgent'}>{questions.value.length}</span>
      </h2>
      {isEmpty && settled.value.length === 0 && (
        <p class="empty">What a service asks of this page waits here for your answer.</p>
      )}
      <div aria-live="polite">
        {questions.value.map((question) => (
          <QuestionCard key={question.key} question={question} />
        ))}
      </div>
      <ul class="list settled">
        {settled.value.map((one) => (
          <SettledLine key={one.key} settled={one} />
        ))}
      </ul>
    </section>
  )
}

function SettledLine({ settled }: { readonly settled: Settled }) {
  return (
    <li class="settled-line" data-testid="inbox-settled" data-how={settled.how}>
      <span class="settled-method">{settled.method}</span>
      <span>{settled.words}</span>
    </li>
  )
}
