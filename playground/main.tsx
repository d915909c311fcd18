import { render } from 'preact'
import { Playground } from './state/playground.js'
import { App } from './view/app.js'

const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
const playground = new Playground(`${scheme}//${location.host}/`)
const root = document.getElementById('app')

if (root !== null) render(<App playground={playground} />, root)
void playground.connect()

// The address that the hub printed, pasted into a tab that is here already, loads nothing anew.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#t=')) void playground.connect()
})
