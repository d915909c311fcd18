import type { Method, Param } from '../schema/method.js'
import type { Playground } from '../state/playground.js'
import { Field } from './field.js'

/** The params of a method, a field for each. */
export function ParamsForm(props: { readonly method: Method; readonly playground: Playground }) {
  const { method, playground } = props
  const { composer, directory } = playground
  const { value: params } = composer.params
  if (method.params.length === 0) return <p class="empty">This method takes no params.</p>
  return (
    <div class="fields">
      {composer.fault.value !== undefined && (
        <p class="warning">The JSON is not whole: the form shows what it was before.</p>
      )}
      {method.params.map((param, index) => (
        <Field
          key={param.name}
          param={param}
          value={valueAt(params, param, index)}
          document={directory.document.value}
          isTried={composer.outcome.value?.method === method.name}
          change={(value) => composer.fill(withValue(params, method, index, value))}
        />
      ))}
    </div>
  )
}

function valueAt(params: object, { name }: Param, index: number): unknown {
  const key = Array.isArray(params) ? index : name
  return Object.hasOwn(params, key) ? Reflect.get(params, key) : undefined
}

/** `params` with another value in one place; without it where `value` is nothing. */
function withValue(params: object, method: Method, index: number, value: unknown): object {
  if (Array.isArray(params) || method.isByPosition) return placed(params, index, value)
  const name = method.params[index]?.name ?? ''
  const others = Object.entries(params).filter(([key]) => key !== name)
  if (value === undefined) return Object.fromEntries(others)
  // In the order of the description, whatever was filled in first.
  const order = method.params.map((param) => param.name)
  const entries = [...others, [name, value] as const]
  return Object.fromEntries(entries.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)))
}

/** By position nothing can be left out but what stands last. */
function placed(params: object, index: number, value: unknown): unknown[] {
  const values: unknown[] = Array.isArray(params) ? [...params] : []
  while (values.length < index) values.push(null)
  values[index] = value ?? null
  while (value === undefined && values.length > 0 && values.at(-1) === null) values.pop()
  return values
}
