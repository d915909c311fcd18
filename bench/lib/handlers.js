/** What each end serves: plain functions of one params object, and notifications that are counted. */
export function makeHandlers() {
  let left = 0
  let arrived = () => {}
  const methods = {
    add: ({ a, b }) => a + b,
    echo: (params) => params,
    fail: () => {
      throw new Error('refused on purpose')
    },
  }
  const tick = () => {
    if (--left === 0) arrived(Number(process.hrtime.bigint()) / 1e9)
  }
  /** Resolves with the time, in seconds of a clock both ends share, at which the last of `count` ticks arrived. */
  const expectTicks = (count) => {
    left = count
    return new Promise((resolve) => {
      arrived = resolve
    })
  }
  return { handlers: { methods, tick }, expectTicks }
}
