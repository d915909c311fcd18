/** The close codes of bothways: 4000 to 4499 may be dialled again, 4500 to 4999 not. */
export const closeCodes = {
  goingAway: 4001,
  authenticationExpired: 4005,
  tooSlow: 4008,
  silent: 4012,
  rate: 4013,
  sessionLost: 4014,
  unauthenticated: 4500,
  protocol: 4501,
  noHello: 4502,
  tooManyConnections: 4504,
  forbidden: 4507,
  replaced: 4509,
} as const
