// Sees to it that there is a Chromium for the browser tests, or says how to get one. Never skips them.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright'

const candidates = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

const isThere = () =>
  [...candidates, chromium.executablePath()].some((path) => path && existsSync(path))

const run = (command, ...args) => spawnSync(command, args, { stdio: 'inherit' }).status === 0

const isDebianRoot = () => process.getuid?.() === 0 && existsSync('/etc/debian_version')

if (!isThere() && isDebianRoot()) {
  run('apt-get', 'update', '-qq') && run('apt-get', 'install', '-y', '-qq', 'chromium')
}
if (!isThere()) run('npx', 'playwright', 'install', 'chromium')
if (!isThere()) {
  console.error('The browser tests need Chromium, and it could not be installed here.')
  console.error(
    'Install it (Debian: apt-get install chromium), or set CHROMIUM to the path of one, and run npm test again.',
  )
  process.exit(1)
}
