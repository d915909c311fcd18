import { medianOf, ratioTo } from './summary.js'

const base = 'ws-json'
const columns = {
  ws: [
    { head: 'p50 µs', figure: 'p50', digits: 1 },
    { head: 'p99 µs', figure: 'p99', digits: 0 },
    { head: 'calls/s, 1 in flight', figure: 'rate1', digits: 0 },
    { head: '64', figure: 'rate64', digits: 0 },
    { head: '512', figure: 'rate512', digits: 0 },
    { head: 'notifications/s', figure: 'notify', digits: 0 },
    { head: 'CPU s/100k calls, 512', figure: 'cpu512', digits: 2 },
    { head: 'items/s of a stream', figure: 'items', digits: 0 },
    { head: '64 kB, MB/s', figure: 'kB64', digits: 0 },
    { head: '1 MB, MB/s', figure: 'MB1', digits: 0 },
  ],
  memory: [
    { head: 'calls/s, 1 in flight', figure: 'rate1', digits: 0 },
    { head: '64', figure: 'rate64', digits: 0 },
  ],
  over: [
    { head: 'calls/s, 1 in flight', figure: 'rate1', digits: 0 },
    { head: '64', figure: 'rate64', digits: 0 },
    { head: '512', figure: 'rate512', digits: 0 },
  ],
}

/** The whole report as Markdown. A table that was not asked for is left out. */
export function markdown(result) {
  const { ws, unix, stdio, port, memory, size, peers, problems, goals } = result
  return [
    `# bothways beside others, ${result.at.slice(0, 10)}`,
    machineLine(result),
    `Medians over the rounds; in parentheses the ratio to ${base}, taken within each round.`,
    ...section('Over WebSocket, two processes', ratioTable(columns.ws, ws, peers)),
    ...section('Over a unix socket, a line a frame', ratioTable(columns.over, unix, peers)),
    ...section('Over stdio, a line a frame', ratioTable(columns.over, stdio, peers)),
    ...section('Between two threads, over a port', ratioTable(columns.over, port, peers)),
    ...section('In one process, JSON text', ratioTable(columns.memory, memory, peers)),
    ...section('Bundle of a browser client, bytes', sizeTable(size)),
    ...section('Goals', goalTable(goals)),
    ...section('Notes', list(peers.filter(({ note }) => note).map(noteOf))),
    ...section('Problems', list(problems)),
  ].join('\n\n')
}

function machineLine({ machine, settings, seconds }) {
  const { cpu, cores, system, node, pinned, versions, othersMedian, othersMost } = machine
  const packages = Object.entries(versions).map((entry) => entry.join(' '))
  return [
    `${cpu}, ${cores} cores, ${system}, Node ${node}; ${packages.join(', ')}.`,
    `${settings.rounds} ${settings.rounds === 1 ? 'round' : 'rounds'} in ${seconds} s;`,
    pinned ? 'server on core 0, client on core 1;' : 'not pinned to cores;',
    `others kept ${othersMedian.toFixed(2)} cores busy meanwhile, ${othersMost.toFixed(2)} at most.`,
  ].join(' ')
}

function section(title, lines) {
  return lines.length === 0 ? [] : [`## ${title}`, lines.join('\n')]
}

function ratioTable(cells, rounds, peers) {
  if (rounds.length === 0) return []
  const row = ({ name, label }) => [label, ...cells.map((cell) => ratioCell(rounds, name, cell))]
  const measured = peers.filter(({ name }) => rounds.some((round) => round[name]))
  return table(['', ...cells.map(({ head }) => head)], measured.map(row))
}

function ratioCell(rounds, name, { figure, digits }) {
  const value = medianOf(rounds, name, figure)
  if (Number.isNaN(value)) return '–'
  const ratio = ratioTo(rounds, name, base, figure)
  const shown = name === base || Number.isNaN(ratio) ? '' : ` (${ratio.toFixed(2)})`
  return `${number(value, digits)}${shown}`
}

function sizeTable(size) {
  const rows = Object.entries(size).map(([name, { minified, gzip, brotli }]) => [
    name,
    ...[minified, gzip, brotli].map((bytes) => number(bytes, 0)),
  ])
  return rows.length === 0 ? [] : table(['', 'minified', 'gzip', 'brotli'], rows)
}

function goalTable(goals) {
  const row = ({ text, measured, unit, met }) =>
    Number.isNaN(measured)
      ? [text, 'not measured', '–']
      : [text, `${number(measured, unit === '×' ? 2 : 0)} ${unit}`, met ? 'yes' : '**no**']
  return table(['goal', 'measured', 'met'], goals.map(row))
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'))
  return [line(head), line(rule), ...rows.map(line)]
}

function list(texts) {
  return texts.map((text) => `- ${text}`)
}

function noteOf({ label, note }) {
  return `${label}: ${note}`
}

function number(value, digits) {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}
