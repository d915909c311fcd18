import type { Method } from '../schema/method.js'
import { resolved, type Schema } from '../schema/schema.js'
import { limitsText, typeText } from '../schema/type-text.js'
import { listIn, memberOf, textIn } from '../wire/reading.js'
import { JsonText } from './json-text.js'
import { Prose } from './prose.js'

/** What a method takes and gives, from its schema. */
export function AboutMethod(props: { readonly method: Method; readonly document: unknown }) {
  const { method, document } = props
  return (
    <>
      <h2 class="panel-title">Schema</h2>
      <p class="signature" data-testid="signature">
        {signatureOf(method)}
      </p>
      {method.description !== undefined && (
        <p class="about">
          <Prose text={method.description} />
        </p>
      )}
      <h3 class="about-title">Params</h3>
      {method.params.length === 0 && <p class="empty">None.</p>}
      <dl class="properties">
        {method.params.map(({ name, written, schema, summary, isRequired }) => (
          <Property
            key={name}
            name={isRequired ? name : `${name}?`}
            type={typeText(written)}
            about={[summary, limitsText(schema)].filter(Boolean).join(' · ')}
          />
        ))}
      </dl>
      {method.kind === 'request' && <Result method={method} document={document} />}
      <details class="raw">
        <summary>JSON Schema</summary>
        <JsonText value={{ params: method.params.map(written), result: method.resultWritten }} />
      </details>
    </>
  )
}

function Result({ method, document }: { readonly method: Method; readonly document: unknown }) {
  const shape = shapeOf(document, method.result)
  const properties = memberOf(shape, 'properties')
  const required = listIn(shape, 'required')
  return (
    <>
      <h3 class="about-title">Result</h3>
      <p class="signature">{typeText(method.resultWritten)}</p>
      <dl class="properties">
        {Object.entries(properties ?? {}).map(([name, schema]) => (
          <Property
            key={name}
            name={required.includes(name) ? name : `${name}?`}
            type={typeText(schema)}
            about={textIn(schema, 'description') ?? ''}
          />
        ))}
      </dl>
    </>
  )
}

function Property(props: { readonly name: string; readonly type: string; readonly about: string }) {
  return (
    <div class="property">
      <dt>
        <code>{props.name}</code> <span class="field-type">{props.type}</span>
      </dt>
      {props.about !== '' && <dd>{props.about}</dd>}
    </div>
  )
}

/** The object whose properties are worth showing: the result itself, or the items of an array. */
function shapeOf(document: unknown, schema: Schema): Schema {
  const known = resolved(document, schema)
  return memberOf(known, 'type') === 'array' ? resolved(document, memberOf(known, 'items')) : known
}

function signatureOf({ name, params, kind, resultWritten }: Method): string {
  const listed = params.map((param) => (param.isRequired ? param.name : `${param.name}?`))
  const result = kind === 'request' ? ` → ${typeText(resultWritten)}` : ''
  return `${name}(${listed.join(', ')})${result}`
}

function written({ name, isRequired, written: schema }: Method['params'][number]) {
  return { name, required: isRequired, schema }
}
