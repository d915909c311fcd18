/** The time of day for whoever reads a message; nothing here waits for it, so that it is not the Runtime's. */
export function timeOfDay() {
  // biome-ignore lint/style/noRestrictedGlobals: the clock of a Runtime counts from anywhere.
  return new Date()
}
