/** Whether the port of the functions host is free, found out before anything is built or started. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Refused } from '../../cli/refused.ts';

/** Throws Refused when the port cannot be listened on; the host may still find it taken a moment later. */
export async function assertPortIsFree(port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    throw new Refused(whyNot(port, (error as NodeJS.ErrnoException).code));
  }
  server.close();
  await once(server, 'close');
}

function whyNot(port: number, code: string | undefined): string {
  const reason =
    code === 'EADDRINUSE' ? 'is already in use by another process' : `cannot be listened on (${code})`;
  return `Port ${port} of 127.0.0.1 ${reason}. Free it, or choose another with --port N.`;
}
