/**
 * The process that is Azurite's table service: Azurite's own entry, loaded here so that killing this process kills
 * Azurite, and told of the two things it does not know: when the supervisor has ended, and SIGTERM.
 * It imports nothing of ours; Azurite reads its options from the command line.
 */
import { subscribe } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';

// Long enough to write out large tables.
const endWithinMs = 10_000;

let listening = false;

// Azurite prints the port it was asked for, which may be 0; Node tells which one it got.
subscribe('tracing:net.server.listen:asyncEnd', (message) => {
  listening = true;
  const { port } = (message as { server: Server }).server.address() as AddressInfo;
  process.send?.({ kind: 'ready', port });
});

/** Azurite writes its tables out when it is interrupted; the process ends once nothing holds it any more. */
function end(): void {
  if (!listening) process.exit(0);
  process.emit('SIGINT');
  if (process.connected) process.disconnect();
  setTimeout(() => process.exit(1), endWithinMs).unref();
}

process.once('SIGTERM', end).once('disconnect', end);
createRequire(import.meta.url)('azurite/dist/src/table/main.js');
