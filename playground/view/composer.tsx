import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Composer } from '../state/composer.js'
import type { Playground } from '../state/playground.js'
import { ParamsForm } from './params-form.js'
import { Prose } from './prose.js'
import { ResultView } from './result.js'
import { whatToDoAboutService } from './service-gone.js'
import { Tabs } from './tabs.js'

/** Where a call is made, over how it went. */
export function ComposerPanel({ playground }: { readonly playground: Playground }) {
  const { value: method } = playground.composer.method
  return (
    <main class="composer place-call">
      <p class="lead">
        This page is a peer. It can call the extension, and the extension can call it back.
      </p>
      {method === undefined ? (
        <p class="empty" data-testid="composer-empty">
          {isOpen(playground)
            ? 'Waiting for a service to call.'
            : 'What can be called is shown here once the page is connected.'}
        </p>
      ) : (
        <Call playground={playground} />
      )}
    </main>
  )
}

function Call({ playground }: { readonly playground: Playground }) {
  const { value: method } = playground.composer.method
  if (method === undefined) return null
  return (
    <>
      <h2 class="call-title" data-testid="composer-method">
        <span class="call-service">{method.service}.</span>
        {method.name.slice(method.service.length + 1)}
      </h2>
      {method.summary !== undefined && (
        <p class="call-summary">
          <Prose text={method.summary} />
        </p>
      )}
      <Params playground={playground} />
      {playground.isServiceGone && (
        <p class="warning" data-testid="service-gone">
          Nobody provides <code>{method.service}</code> now. {whatToDoAboutService}
        </p>
      )}
      <Actions playground={playground} />
      <ResultView playground={playground} />
    </>
  )
}

function Params({ playground }: { readonly playground: Playground }) {
  const tab = useSignal('form')
  const { composer } = playground
  const { value: method } = composer.method
  if (method === undefined) return null
  return (
    <Tabs
      label="Params"
      chosen={tab.value}
      choose={(key) => (tab.value = key)}
      tabs={[
        {
          key: 'form',
          title: 'Form',
          content: <ParamsForm key={method.name} method={method} playground={playground} />,
        },
        { key: 'json', title: 'JSON', content: <ParamsJson composer={composer} /> },
      ]}
    />
  )
}

function ParamsJson({ composer }: { readonly composer: Composer }) {
  const { fault } = composer
  return (
    <>
      <textarea
        class="input code params-json"
        aria-label="Params as JSON"
        aria-invalid={fault.value !== undefined}
        aria-describedby={fault.value === undefined ? undefined : 'params-fault'}
        spellcheck={false}
        data-testid="composer-json"
        value={composer.text.value}
        onInput={(event) => composer.type(event.currentTarget.value)}
      />
      {fault.value !== undefined && (
        <p class="fault" id="params-fault" data-testid="composer-fault">
          {fault.value}
        </p>
      )}
    </>
  )
}

function Actions({ playground }: { readonly playground: Playground }) {
  const { composer } = playground
  const button = useRef<HTMLButtonElement>(null)
  // The first thing to do is there as soon as there is something to call: Enter is enough.
  useEffect(() => {
    const isFree = document.activeElement === document.body
    if (isFree) button.current?.focus({ preventScroll: true })
  }, [])
  const isRunning = composer.outcome.value?.status === 'running'
  const { isStream } = composer.arrivals.shown.value
  const kind = composer.method.value?.kind
  return (
    <div class="call-actions">
      <button
        ref={button}
        type="button"
        class="button button-primary button-call"
        disabled={!isOpen(playground) || composer.fault.value !== undefined}
        aria-disabled={isRunning}
        data-testid="call"
        onClick={() => void playground.call()}
      >
        {kind === 'request' || kind === 'stream' ? 'Call' : 'Tell'}
        <kbd>{isApple ? '⌘' : 'Ctrl'} ↵</kbd>
      </button>
      {isRunning && (
        <button
          type="button"
          class="button"
          data-testid={isStream ? 'stop' : 'cancel'}
          onClick={() => composer.cancel()}
        >
          {isStream ? 'Stop' : 'Cancel'}
        </button>
      )}
    </div>
  )
}

function isOpen({ connection }: Playground): boolean {
  return connection.state.value.status === 'open'
}

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)
