import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { faultIn } from '../schema/fault.js'
import type { Param } from '../schema/method.js'
import { limitsText, typeText } from '../schema/type-text.js'
import { Input, type ParamValue } from './input.js'

/** The field of one parameter, as its schema asks for it. What the schema forbids is marked; `isTried` after a call. */
export function Field(
  props: ParamValue & { readonly document: unknown; readonly isTried: boolean },
) {
  const { param, value, change, document, isTried } = props
  const id = useId()
  const isTouched = useSignal(false)
  const about = [param.summary, limitsText(param.schema)].filter(Boolean).join(' · ')
  // Nobody is told off for what they have not filled in yet.
  const isDue = isTried || isTouched.value || (value !== undefined && value !== '')
  const fault = isDue ? faultOf(document, param, value) : undefined
  const touch = (filledIn: unknown) => {
    isTouched.value = true
    change(filledIn)
  }
  const input = { id, param, value, change: touch, fault, hasAbout: about !== '' }
  return (
    <div class="field" data-testid="field" data-param={param.name}>
      <div class="field-label">
        <label for={id}>{param.name}</label>
        <span class="field-type">{typeText(param.written)}</span>
        {!param.isRequired && <span class="field-optional">optional</span>}
      </div>
      <Input {...input} />
      {fault !== undefined && (
        <p class="fault" id={`${id}-fault`} data-testid="field-fault">
          {fault}
        </p>
      )}
      {about !== '' && (
        <p class="field-about" id={`${id}-about`}>
          {about}
        </p>
      )}
    </div>
  )
}

function faultOf(document: unknown, param: Param, value: unknown): string | undefined {
  const { name, schema, isRequired } = param
  if (value === undefined) return isRequired ? `${name} is required` : undefined
  return faultIn(document, schema, value, name)
}
