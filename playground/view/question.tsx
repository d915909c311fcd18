import { useSignal } from '@preact/signals'
import { sampleOf } from '../schema/sample.js'
import { fieldKind } from '../schema/schema.js'
import type { Question } from '../state/inbox.js'
import { JsonText } from './json-text.js'

/** One request that waits for an answer, and how it can be answered. */
export function QuestionCard({ question }: { readonly question: Question }) {
  const { method, params, from } = question
  return (
    <article class="question" data-testid="inbox-item" data-method={method.name}>
      <h3 class="question-title">
        <span class="arrow arrow-in" aria-hidden="true">
          ←
        </span>
        {method.name}
      </h3>
      <p class="question-from">
        <strong>{from}</strong> asks
      </p>
      <Asked params={params} />
      {fieldKind(method.result?.schema) === 'boolean' ? (
        <YesNo question={question} />
      ) : (
        <JsonAnswer question={question} />
      )}
    </article>
  )
}

/** A single text, such as a question, is shown as what it is; anything else as JSON. */
function Asked({ params }: { readonly params: unknown }) {
  const values = typeof params === 'object' && params !== null ? Object.values(params) : []
  const [only] = values
  if (values.length === 1 && typeof only === 'string') return <p class="question-text">{only}</p>
  return values.length === 0 ? null : <JsonText value={params} />
}

function YesNo({ question }: { readonly question: Question }) {
  return (
    <div class="question-actions">
      <button
        type="button"
        class="button button-primary"
        data-testid="inbox-yes"
        onClick={() => question.answer(true)}
      >
        Yes
      </button>
      <button
        type="button"
        class="button"
        data-testid="inbox-no"
        onClick={() => question.answer(false)}
      >
        No
      </button>
      <Refuse question={question} />
    </div>
  )
}

function JsonAnswer({ question }: { readonly question: Question }) {
  const text = useSignal(
    JSON.stringify(sampleOf(undefined, question.method.result?.schema), null, 2),
  )
  const fault = useSignal('')
  const answer = () => {
    try {
      question.answer(JSON.parse(text.value))
    } catch (reason) {
      fault.value = reason instanceof Error ? reason.message : String(reason)
    }
  }
  return (
    <>
      <textarea
        class="input code"
        aria-label="Answer as JSON"
        spellcheck={false}
        data-testid="inbox-json"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      {fault.value !== '' && (
        <p class="fault" role="alert">
          {fault.value}
        </p>
      )}
      <div class="question-actions">
        <button
          type="button"
          class="button button-primary"
          data-testid="inbox-answer"
          onClick={answer}
        >
          Answer
        </button>
        <Refuse question={question} />
      </div>
    </>
  )
}

function Refuse({ question }: { readonly question: Question }) {
  return (
    <button
      type="button"
      class="button button-quiet"
      title="Answers with an error"
      data-testid="inbox-refuse"
      onClick={() => question.refuse()}
    >
      Refuse
    </button>
  )
}
