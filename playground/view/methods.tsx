import type { Method } from '../schema/method.js'
import type { Playground } from '../state/playground.js'
import { Omitted } from './omitted.js'

/** What the services offer, and what they ask of this page. */
export function MethodsPanel({ playground }: { readonly playground: Playground }) {
  const services = byService(playground.directory.methods.value)
  const omitted = playground.directory.document.value?.['x-omitted'] ?? 0
  return (
    <section class="panel panel-grows place-methods" aria-labelledby="methods-title">
      <h2 id="methods-title" class="panel-title">
        Methods
      </h2>
      {services.size === 0 && (
        <p class="empty">
          {playground.connection.state.value.status === 'open'
            ? 'No service yet. An extension that joins the hub appears here.'
            : 'What the services of the hub offer.'}
        </p>
      )}
      {[...services].map(([service, methods]) => (
        <Service key={service} service={service} methods={methods} playground={playground} />
      ))}
      <Omitted count={omitted} of="service" />
    </section>
  )
}

function Service(props: {
  readonly service: string
  readonly methods: readonly Method[]
  readonly playground: Playground
}) {
  const { service, methods, playground } = props
  const called = methods.filter(({ side }) => side === 'service')
  const served = methods.filter(({ side }) => side === 'client')
  return (
    <>
      <h3 class="service">{service}</h3>
      <ul class="list">
        {called.map((method) => (
          <CalledMethod key={method.name} method={method} playground={playground} />
        ))}
      </ul>
      {served.length > 0 && <h4 class="served-title">asks and tells this page</h4>}
      <ul class="list">
        {served.map((method) => (
          <ServedMethod key={method.name} method={method} playground={playground} />
        ))}
      </ul>
    </>
  )
}

interface MethodProps {
  readonly method: Method
  readonly playground: Playground
}

function CalledMethod({ method, playground }: MethodProps) {
  const isOpen = playground.composer.method.value?.name === method.name
  return (
    <li>
      <button
        type="button"
        class="method"
        aria-current={isOpen ? 'true' : undefined}
        title={method.summary}
        data-testid="method"
        data-method={method.name}
        data-side="service"
        onClick={() => playground.open(method)}
      >
        <span class="arrow arrow-out" aria-hidden="true">
          →
        </span>
        <span class="method-name">{shortName(method)}</span>
        {method.kind === 'stream' && <span class="method-note">stream</span>}
      </button>
    </li>
  )
}

function ServedMethod({ method, playground }: MethodProps) {
  const times = playground.inbox.heard.value.get(method.name)
  return (
    <li
      class="method method-served"
      title={method.summary}
      data-testid="method"
      data-method={method.name}
      data-side="client"
    >
      <span class="arrow arrow-in" aria-hidden="true">
        ←
      </span>
      <span class="method-name">{shortName(method)}</span>
      <span class="method-note">
        {isAsked(method) ? 'to the inbox' : `${method.kind}${times ? ` ×${times}` : ''}`}
      </span>
    </li>
  )
}

function isAsked({ kind }: Method): boolean {
  return kind === 'request' || kind === 'stream'
}

function shortName({ name, service }: Method): string {
  return name.startsWith(`${service}.`) ? name.slice(service.length + 1) : name
}

function byService(methods: readonly Method[]): ReadonlyMap<string, readonly Method[]> {
  const services = new Map<string, Method[]>()
  for (const method of methods) {
    const known = services.get(method.service)
    if (known === undefined) services.set(method.service, [method])
    else known.push(method)
  }
  return services
}
