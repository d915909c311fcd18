import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { Param } from '../schema/method.js'
import { choicesOf, fieldKind } from '../schema/schema.js'
import { limitsText, typeText } from '../schema/type-text.js'

interface FieldProps {
  readonly param: Param
  readonly value: unknown
  /** Takes what was filled in; nothing where the parameter is left out. */
  readonly change: (value: unknown) => void
}

/** The field of one parameter, as its schema asks for it. */
export function Field({ param, value, change }: FieldProps) {
  const id = useId()
  const about = [param.summary, limitsText(param.schema)].filter(Boolean).join(' · ')
  return (
    <div class="field" data-testid="field" data-param={param.name}>
      <div class="field-label">
        <label for={id}>{param.name}</label>
        <span class="field-type">{typeText(param.written)}</span>
        {!param.isRequired && <span class="field-optional">optional</span>}
      </div>
      <Input id={id} param={param} value={value} change={change} />
      {about !== '' && (
        <p class="field-about" id={`${id}-about`}>
          {about}
        </p>
      )}
    </div>
  )
}

interface InputProps extends FieldProps {
  readonly id: string
}

function Input(props: InputProps) {
  const kind = fieldKind(props.param.schema)
  // A value of another type was typed as JSON: only a JSON field can show what it is.
  if (!fits(kind, props.value)) return <JsonInput {...props} />
  switch (kind) {
    case 'text':
      return <TextInput {...props} />
    case 'longText':
      return <LongTextInput {...props} />
    case 'number':
    case 'integer':
      return <NumberInput {...props} step={kind === 'integer' ? '1' : 'any'} />
    case 'boolean':
      return <ChoiceInput {...props} choices={['true', 'false']} read={(text) => text === 'true'} />
    case 'choice':
      return (
        <ChoiceInput {...props} choices={choicesOf(props.param.schema)} read={(text) => text} />
      )
    case 'json':
      return <JsonInput {...props} />
  }
}

function fits(kind: ReturnType<typeof fieldKind>, value: unknown): boolean {
  if (value === undefined || kind === 'json') return true
  if (kind === 'boolean') return typeof value === 'boolean'
  if (kind === 'number' || kind === 'integer') return typeof value === 'number'
  return typeof value === 'string'
}

/** An empty text leaves an optional parameter out; a required one is then the empty text. */
function textOr(text: string, { isRequired }: Param): string | undefined {
  return text === '' && !isRequired ? undefined : text
}

function TextInput({ id, param, value, change }: InputProps) {
  return (
    <input
      id={id}
      class="input"
      type="text"
      autocomplete="off"
      spellcheck={false}
      aria-required={param.isRequired}
      value={String(value ?? '')}
      onInput={(event) => change(textOr(event.currentTarget.value, param))}
    />
  )
}

function LongTextInput({ id, param, value, change }: InputProps) {
  return (
    <textarea
      id={id}
      class="input"
      rows={2}
      spellcheck={false}
      aria-required={param.isRequired}
      value={String(value ?? '')}
      onInput={(event) => change(textOr(event.currentTarget.value, param))}
    />
  )
}

function NumberInput({ id, param, value, change, step }: InputProps & { readonly step: string }) {
  return (
    <input
      id={id}
      class="input input-number"
      type="number"
      step={step}
      aria-required={param.isRequired}
      value={value === undefined ? '' : String(value)}
      onInput={({ currentTarget: { valueAsNumber } }) =>
        change(Number.isNaN(valueAsNumber) ? undefined : valueAsNumber)
      }
    />
  )
}

function ChoiceInput(
  props: InputProps & {
    readonly choices: readonly string[]
    readonly read: (text: string) => unknown
  },
) {
  const { id, param, value, change, choices, read } = props
  const chosen = (text: string) => change(text === '' ? undefined : read(text))
  return (
    <select
      id={id}
      class="input input-choice"
      aria-required={param.isRequired}
      value={value === undefined ? '' : String(value)}
      onChange={(event) => chosen(event.currentTarget.value)}
    >
      {(!param.isRequired || value === undefined) && <option value="">not set</option>}
      {choices.map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </select>
  )
}

/** Any value, as JSON. While the text is not whole, the value stays what it was. */
function JsonInput({ id, value, change }: InputProps) {
  const draft = useSignal<string | undefined>(undefined)
  const fault = useSignal<string | undefined>(undefined)
  const typed = (text: string) => {
    draft.value = text
    try {
      change(text.trim() === '' ? undefined : JSON.parse(text))
      fault.value = undefined
    } catch (reason) {
      fault.value = reason instanceof Error ? reason.message : String(reason)
    }
  }
  return (
    <>
      <textarea
        id={id}
        class="input code"
        rows={2}
        spellcheck={false}
        aria-invalid={fault.value !== undefined}
        value={draft.value ?? (value === undefined ? '' : JSON.stringify(value, null, 2))}
        onInput={(event) => typed(event.currentTarget.value)}
        onBlur={() => {
          if (fault.value === undefined) draft.value = undefined
        }}
      />
      {fault.value !== undefined && (
        <p class="fault">{fault.value} — the value before it is still in place.</p>
      )}
    </>
  )
}
