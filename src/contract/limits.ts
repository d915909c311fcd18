// The bounds of streams that are carried by subscriptions: whoever notifies goes by no credit.

/** Items of one subscription that arrived and were not read, before it ends as lagged. */
export const unreadItems = 1_024

/** Characters of such items, as JSON. */
export const unreadCharacters = 4_194_304

/** Notifications that arrived while their subscription, or another, was still being answered. */
export const earlyNotifications = 1_024

/** Characters of what they bring, as JSON. */
export const earlyCharacters = 4_194_304

/** Milliseconds that unsubscribing may take, where the stream has no `timeout` of its own. */
export const unsubscribeWait = 10_000

/** Subscriptions of one connection that are served at once. */
export const subscriptions = 1_024
