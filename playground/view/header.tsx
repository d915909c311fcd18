import type { Connection, ConnectionState } from '../state/connection.js'
import { theme, themes } from '../state/theme.js'

/** What the page is, how the connection is, and the theme. */
export function Header({ connection }: { readonly connection: Connection }) {
  return (
    <header class="header">
      <h1 class="brand">
        <Mark />
        <span>
          bothways <span class="brand-kind">playground</span>
        </span>
      </h1>
      <Status state={connection.state.value} />
      <ThemeSwitch />
    </header>
  )
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6" />
      <path d="M5 9.5h13m-3.5-3.5 3.5 3.5M19 14.5H6m3.5 3.5L6 14.5" />
    </svg>
  )
}

function Status({ state }: { readonly state: ConnectionState }) {
  return (
    <p class="status" role="status" data-testid="connection-status" data-status={state.status}>
      <span class="dot" />
      {statusWords[state.status]}
      {state.status === 'open' && <span class="status-where">{location.host}</span>}
    </p>
  )
}

const statusWords = {
  connecting: 'Connecting…',
  open: 'Connected',
  closed: 'Closed',
  refused: 'Not let in',
} as const

function ThemeSwitch() {
  return (
    <fieldset class="themes">
      <legend class="hidden">Theme</legend>
      {themes.map((name) => (
        <label key={name} class="theme">
          <input
            type="radio"
            name="theme"
            checked={theme.value === name}
            onChange={() => (theme.value = name)}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  )
}
