import { effect, signal } from '@preact/signals'

export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'bothways-theme'

/** Light, dark, or as the system has it. Kept for the next visit. */
export const theme = signal<Theme>(
  themes.find((known) => known === localStorage.getItem(key)) ?? 'auto',
)

effect(() => {
  document.documentElement.dataset['theme'] = theme.value
  localStorage.setItem(key, theme.value)
})
