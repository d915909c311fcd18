/** What to do where the extension that provided a service has gone. */
export const whatToDoAboutService =
  'Start its extension again (the demo: press Ctrl+C where npm start runs, and run it again), then call again.'
