/** Connections of somebody not known yet, at once. */
export const unauthenticated = 256

/** Bytes of the one message that somebody may send before it is known. */
export const firstMessage = 16_384

/** Wrong logins that an address is allowed, over how many milliseconds, and addresses that are remembered for it. */
export const logins = 10
export const loginPeriod = 60_000
export const loginAddresses = 10_000

/** What one member provides in all: services, their methods, and characters of their descriptions as JSON. */
export const services = 256
export const methods = 1_000
export const characters = 262_144

/** Services whose events one member is told, and services that it waits for, at once. */
export const uses = 256
export const waits = 256

/** Bytes that may wait for a member to read them before it is sent no further request. */
export const behind = 1_048_576

/** Characters of the name that a member gives itself. */
export const memberName = 64
