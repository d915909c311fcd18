import { type CloseReason, closeCodes, errorCodes, type RpcError } from 'bothways'
import type { Playground } from '../state/playground.js'

/** What to know, and to do, while there is no connection. */
export function Notice({ playground }: { readonly playground: Playground }) {
  const state = playground.connection.state.value
  if (state.status === 'closed') return <Closed end={state.end} playground={playground} />
  if (state.status !== 'refused') return null
  return <Refused error={state.error} hasToken={state.hasToken} playground={playground} />
}

function Closed({
  end,
  playground,
}: {
  readonly end: CloseReason
  readonly playground: Playground
}) {
  return (
    <div class="notice" role="alert" data-testid="notice">
      <p>
        <strong>The connection is closed</strong> ({end.code}
        {end.reason !== '' && `, ${end.reason}`}). {meaningOf(end.code)}
      </p>
      <Reconnect playground={playground} />
    </div>
  )
}

function Refused(props: {
  readonly error: RpcError
  readonly hasToken: boolean
  readonly playground: Playground
}) {
  const { error, hasToken, playground } = props
  const isUnknown = error.code === errorCodes.unauthenticated
  return (
    <div class="notice" role="alert" data-testid="notice">
      <p>
        <strong>{isUnknown ? 'The hub does not know this page' : error.message}.</strong>{' '}
        {isUnknown && (hasToken ? 'Its token is not the one of this hub. ' : 'It has no token. ')}
        Open the address that <code>npm start</code> printed; it ends in <code>#t=…</code>
      </p>
      <Reconnect playground={playground} />
    </div>
  )
}

function Reconnect({ playground }: { readonly playground: Playground }) {
  return (
    <button
      type="button"
      class="button"
      data-testid="reconnect"
      onClick={() => void playground.connect()}
    >
      Reconnect
    </button>
  )
}

function meaningOf(code: number): string {
  return meanings.get(code) ?? ''
}

const meanings = new Map<number, string>([
  [1006, 'It broke off, or nobody answers at this address: is the hub running?'],
  [closeCodes.goingAway, 'The hub has ended.'],
  [closeCodes.tooSlow, 'This page read too slowly.'],
])
