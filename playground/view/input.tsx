import { useSignal } from '@preact/signals'
import type { Param } from '../schema/method.js'
import { choicesOf, fieldKind } from '../schema/schema.js'

/** One parameter, and what it is now. */
export interface ParamValue {
  readonly param: Param
  readonly value: unknown
  /** Takes what was filled in; nothing where the parameter is left out. */
  readonly change: (value: unknown) => void
}

interface InputProps extends ParamValue {
  readonly id: string
  /** What the schema forbids about the value: shown under `<id>-fault`. */
  readonly fault: string | undefined
  /** Whether the parameter is described under `<id>-about`. */
  readonly hasAbout: boolean
}

/** What edits the value of one parameter. */
export function Input(props: InputProps) {
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

/** What every input says of itself to those who do not see it. */
function spoken({ id, param, fault, hasAbout }: InputProps, isUnreadable = false) {
  const described = [
    isUnreadable && `${id}-unreadable`,
    fault !== undefined && `${id}-fault`,
    hasAbout && `${id}-about`,
  ]
  return {
    id,
    'aria-required': param.isRequired,
    'aria-invalid': fault !== undefined || isUnreadable,
    'aria-describedby': described.filter(Boolean).join(' ') || undefined,
  }
}

/** An empty text leaves an optional parameter out; a required one is then the empty text. */
function textOr(text: string, { isRequired }: Param): string | undefined {
  return text === '' && !isRequired ? undefined : text
}

function TextInput(props: InputProps) {
  const { param, value, change } = props
  return (
    <input
      {...spoken(props)}
      class="input"
      type="text"
      autocomplete="off"
      spellcheck={false}
      value={String(value ?? '')}
      onInput={(event) => change(textOr(event.currentTarget.value, param))}
    />
  )
}

function LongTextInput(props: InputProps) {
  const { param, value, change } = props
  return (
    <textarea
      {...spoken(props)}
      class="input"
      rows={2}
      spellcheck={false}
      value={String(value ?? '')}
      onInput={(event) => change(textOr(event.currentTarget.value, param))}
    />
  )
}

function NumberInput(props: InputProps & { readonly step: string }) {
  const { value, change, step } = props
  return (
    <input
      {...spoken(props)}
      class="input input-number"
      type="number"
      step={step}
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
  const { param, value, change, choices, read } = props
  const chosen = (text: string) => change(text === '' ? undefined : read(text))
  return (
    <select
      {...spoken(props)}
      class="input input-choice"
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
function JsonInput(props: InputProps) {
  const { value, change } = props
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
        {...spoken(props, fault.value !== undefined)}
        class="input code"
        rows={2}
        spellcheck={false}
        value={draft.value ?? (value === undefined ? '' : JSON.stringify(value, null, 2))}
        onInput={(event) => typed(event.currentTarget.value)}
        onBlur={() => {
          if (fault.value === undefined) draft.value = undefined
        }}
      />
      {fault.value !== undefined && (
        <p class="fault" id={`${props.id}-unreadable`}>
          {fault.value} — the value before it is still in place.
        </p>
      )}
    </>
  )
}
