import { busySeconds } from './machine.js'

/** What one round found: the figures of each peer, and which peer failed at what. */
export class Round {
  /** By the name of the peer. */
  figures = {}
  /** Cores that other programs kept busy, for each measure. */
  others = []
  problems = []
  #entries

  constructor(entries) {
    this.#entries = entries
  }

  /** Does `action` with one peer after the other. A peer that fails is out for the rest of the round. */
  async through(action) {
    for (const entry of [...this.#entries]) {
      try {
        await action(entry)
      } catch (reason) {
        this.#drop(entry, reason)
      }
    }
  }

  /** The same, and keeps what `figuresOf` makes of what `action` found and of the CPU seconds it took. */
  async measure(action, figuresOf = (found) => found) {
    await this.through(async (entry) => {
      const used = await cpuSeconds(entry)
      const busy = busySeconds()
      const start = performance.now()
      const found = await action(entry)
      const seconds = (performance.now() - start) / 1000
      const cpu = (await cpuSeconds(entry)) - used
      this.#keep(entry, figuresOf(found, cpu))
      // The system counts in hundredths of a second: what a peer lacks is over before that.
      if (seconds > 0.1) this.others.push(Math.max(0, (busySeconds() - busy - cpu) / seconds))
    })
  }

  async end() {
    await Promise.all(this.#entries.map(stop))
  }

  #keep({ peer }, figures) {
    this.figures[peer.name] = { ...this.figures[peer.name], ...figures }
  }

  #drop(entry, reason) {
    this.problems.push(`${entry.peer.label}: ${reason.message}`)
    delete this.figures[entry.peer.name]
    this.#entries = this.#entries.filter((other) => other !== entry)
    void stop(entry)
  }
}

/** CPU time of a peer's processes, all their threads. They are idle while they are asked. */
async function cpuSeconds({ children }) {
  const seconds = await Promise.all(children.map((child) => child.ask('cpu')))
  return seconds.reduce((sum, each) => sum + each)
}

function stop({ children }) {
  return Promise.all(children.map((child) => child.stop()))
}
