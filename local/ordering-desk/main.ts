/**
 * Runs the ordering desk: `node local/ordering-desk/main.ts --ledger FILE [--port N] [--jwks URL]`. It is a separate
 * process, so that it survives every failure of the service.
 */
import { parseArgs } from 'node:util';
import { runChild } from '../stack/childProcess.ts';
import { startDesk } from './desk.ts';

const { values } = parseArgs({
  options: {
    ledger: { type: 'string', default: 'desk-ledger.jsonl' },
    port: { type: 'string', default: '0' },
    jwks: { type: 'string' },
  },
});

await runChild(async () => {
  const desk = await startDesk({
    ledgerFile: values.ledger,
    port: Number(values.port),
    ...(values.jwks !== undefined && { jwksUrl: values.jwks }),
  });
  return { ready: { port: desk.port, url: desk.url }, close: desk.close };
});
