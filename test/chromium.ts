import { existsSync } from 'node:fs'

/** Flags that keep a headless Chromium from talking to anybody but the tests. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** Where Chromium is: what `CHROMIUM` names, what the system has, or Playwright's own (undefined). */
export function chromium(): string | undefined {
  const candidates = [
    process.env['CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ]
  return candidates.find((path) => path !== undefined && existsSync(path))
}

const path = chromium()

/** What Playwright launches. */
export const chromiumOptions = {
  args: chromiumArguments,
  ...(path !== undefined && { executablePath: path }),
}
