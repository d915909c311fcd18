import type { Method, Part } from '../schema/method.js'
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
      <Given title="Items" part={method.item} document={document} />
      <Given title="Input" part={method.input} document={document} />
      {method.input !== undefined && <p class="empty">This page calls it without any.</p>}
      <Given title="Result" part={method.result} document={document} />
      <details class="raw">
        <summary>JSON Schema</summary>
        <JsonText value={schemasOf(method)} />
      </details>
    </>
  )
}

function Given(props: {
  readonly title: string
  readonly part: Part | undefined
  readonly document: unknown
}) {
  const { title, part, document } = props
  if (part === undefined) return null
  const shape = shapeOf(document, part.schema)
  const properties = memberOf(shape, 'properties')
  const required = listIn(shape, 'required')
  return (
    <>
      <h3 class="about-title">{title}</h3>
      <p class="signature">{typeText(part.written)}</p>
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

function signatureOf(method: Method): string {
  const listed = method.params.map((param) => (param.isRequired ? param.name : `${param.name}?`))
  const given = givenBy(method)
  return `${method.name}(${listed.join(', ')})${given === '' ? '' : ` → ${given}`}`
}

function givenBy({ kind, item, result }: Method): string {
  const answer = result === undefined ? '' : typeText(result.written)
  if (kind !== 'stream') return answer
  const items = `stream of ${typeText(item?.written)}`
  return answer === '' ? items : `${items}, then ${answer}`
}

function schemasOf({ params, item, input, result }: Method) {
  return {
    params: params.map(({ name, isRequired, written }) => ({
      name,
      required: isRequired,
      schema: written,
    })),
    item: item?.written,
    input: input?.written,
    result: result?.written,
  }
}
