import type { Command } from 'cac'
import type { GenOptions } from './gen.js'
import { UsageError } from './usage-error.js'

/** One value would win without a word; neither may. */
export function checkOnce(command: Command, given: Readonly<Record<string, unknown>>): void {
  const twice = command.options.find(({ name }) => name !== 'only' && Array.isArray(given[name]))
  if (twice !== undefined)
    throw new UsageError(`--${twice.name} is given more than once; give it once`)
}

export function portFrom(value: unknown): number {
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new UsageError(`--port takes a whole number from 0 to 65535, not ${JSON.stringify(value)}`)
}

// What looks like a number is one by now.
export function genOptionsFrom({
  out,
  ipc,
  name,
  runtime,
  checks,
  shape,
  methods,
  service,
  check,
  only,
  allowRemote,
}: Record<string, unknown>): GenOptions {
  if (ipc !== undefined && out !== undefined)
    throw new UsageError('--out and --ipc exclude each other; run the command once for each')
  return {
    out: textFrom(ipc ?? out),
    ipc: ipc !== undefined,
    name: textFrom(name),
    runtime: textFrom(runtime),
    checks: checks !== false,
    methods: methods === true,
    service: textFrom(service),
    // What is no boolean is the default, which depends on the checks.
    shape: typeof shape === 'boolean' ? shape : undefined,
    check: check === true,
    only: only === undefined ? undefined : listFrom(only),
    allowRemote: allowRemote === true,
  }
}

// Given several times, or with commas.
function listFrom(value: unknown): string[] {
  return [value].flat().flatMap((text) =>
    String(text)
      .split(',')
      .map((name) => name.trim()),
  )
}

/** What was given, as text. */
export function textFrom(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value)
}

/** The help, in which --no-checks does not read as if it were on by default. */
export function withoutNegatedDefaults(sections: { title?: string; body: string }[]) {
  return sections.map((section) => ({
    ...section,
    body: section.body.replaceAll(' (default: true)', ''),
  }))
}
