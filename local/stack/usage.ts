/** What `npm start -- --help` prints: the one description of the options that `local/start.ts` reads. */
export const USAGE = `Usage: npm start [-- OPTIONS], npm run dev [-- OPTIONS]

Builds the app and runs the whole service on this machine until Ctrl-C. npm run dev also
rebuilds the app and restarts the Functions host after every change.

Options:
  --port N     port of the service (default: the environment's PORT, else 7071)
  --data DIR   folder of the data (default: .local)
  --fresh      start with empty data
  --traces     print the trace of each checkout as a tree
  --app DIR    folder of another app to run
  --help       print this help

Settings of the service come from the environment; docs/settings.md lists them.`;
