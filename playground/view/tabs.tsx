import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

/** One tab, and what it shows. */
export interface Tab {
  readonly key: string
  readonly title: string
  readonly content: ComponentChildren
}

/** Tabs in one line over what the chosen one shows. Arrow keys go from one to the next. */
export function Tabs(props: {
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly chosen: string
  readonly choose: (key: string) => void
}) {
  const { label, tabs, choose } = props
  const id = useId()
  const chosen = tabs.find(({ key }) => key === props.chosen) ?? tabs[0]
  const step = (event: KeyboardEvent) => {
    const next = nextTab(tabs, chosen, event.key)
    if (next === undefined) return
    choose(next.key)
    document.getElementById(`${id}-${next.key}`)?.focus()
  }
  return (
    <div class="tabs">
      <div class="tab-list" role="tablist" aria-label={label} onKeyDown={step}>
        {tabs.map((tab) => (
          <button
            key={tab.key}
            type="button"
            class="tab"
            role="tab"
            id={`${id}-${tab.key}`}
            aria-selected={tab === chosen}
            aria-controls={tab === chosen ? `${id}-panel` : undefined}
            tabIndex={tab === chosen ? 0 : -1}
            data-testid={`tab-${tab.key}`}
            onClick={() => choose(tab.key)}
          >
            {tab.title}
          </button>
        ))}
      </div>
      <div
        class="tab-panel"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${chosen?.key}`}
      >
        {chosen?.content}
      </div>
    </div>
  )
}

function nextTab(tabs: readonly Tab[], chosen: Tab | undefined, key: string): Tab | undefined {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key]
  if (step === undefined || chosen === undefined) return undefined
  return tabs[(tabs.indexOf(chosen) + step + tabs.length) % tabs.length]
}
