// Installs the programs of others that bothways is tried against, or says how to. Never skips one.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'

const run = (command, ...args) =>
  spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0

/** The system's Python, which is where Debian's packages are. */
const python = '/usr/bin/python3'

const packages = {
  aria2: () => existsSync('/usr/bin/aria2c'),
  'nginx-light': () => existsSync('/usr/sbin/nginx'),
  'python3-websockets': () => spawnSync(python, ['-c', 'import websockets']).status === 0,
}

const missing = () => Object.keys(packages).filter((name) => !packages[name]())

const isDebianRoot = () => process.getuid?.() === 0 && existsSync('/etc/debian_version')

/** Runs `install` while no package may start a service. */
function withoutServices(install) {
  const policy = '/usr/sbin/policy-rc.d'
  const isOurs = !existsSync(policy)
  if (isOurs) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    install()
  } finally {
    if (isOurs) rmSync(policy)
  }
}

if (missing().length > 0 && isDebianRoot()) {
  withoutServices(() => {
    run('apt-get', 'update', '-qq') && run('apt-get', 'install', '-y', '-qq', ...missing())
  })
}
if (missing().length > 0) {
  console.error(`These tests need ${missing().join(', ')}, which could not be installed here.`)
  console.error(
    `Install them (Debian: apt-get install ${missing().join(' ')}) and run npm run test:peers again.`,
  )
  process.exit(1)
}
for (const folder of ['test/peers', 'test/codegen/oracle', 'test/ipc/peers', 'test/ethereum']) {
  if (run('npm', 'ci', '--prefix', folder)) continue
  console.error(`The packages of ${folder} could not be installed: run npm ci --prefix ${folder}.`)
  process.exit(1)
}
