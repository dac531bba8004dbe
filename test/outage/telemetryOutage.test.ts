/** A collector that refuses what it is sent, and the end of the host: what the hooks of the running bundle do about both. */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type Running, startService } from '../e2e/running.ts';

/** Spans are sent this often. The host stops in much less, so that the last ones are sent only by the flush at its end. */
const SPANS_EVERY_MS = 3_000;

let collector: Server;
let service: Running;
let status = 400; // of all that may be refused, what no exporter repeats
const accepted: string[] = [];

beforeAll(async () => {
  collector = createServer(async (request, response) => {
    const body = await text(request);
    if (status === 200) accepted.push(body);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end('{}');
  }).listen(0);
  await once(collector, 'listening');
  service = await startService({
    settings: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_BSP_SCHEDULE_DELAY: String(SPANS_EVERY_MS),
    },
  });
});
afterAll(async () => {
  await service?.stop();
  collector.close();
});

/** Reads a cart that does not exist, in this trace. */
const read = (traceId = randomBytes(16).toString('hex')) =>
  service.call('GET', `/v1/customers/${randomUUID()}/carts/${randomUUID()}`, {
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  });
const logged = (message: string) => service.log.filter((line) => line.includes(message));

describe('A host whose collector refuses', () => {
  it('The log of a call says once that traces are not sent, and once that they are sent again', async () => {
    const notSent = await eventually(async () => {
      expect((await read()).status).toBe(404);
      const lines = logged('telemetry not sent');
      return lines.length > 0 && lines;
    });
    status = 200;
    const sentAgain = await eventually(async () => {
      await read();
      const lines = logged('telemetry is sent again');
      return lines.length > 0 && lines;
    });

    expect(notSent).toHaveLength(1);
    expect(notSent[0]).toContain('"destination":"collector","signal":"traces","failed":1,"reason":"400"');
    expect(sentAgain).toHaveLength(1);
    expect(logged('telemetry not sent')).toHaveLength(1);
  });
});

describe('A host that stops', () => {
  it('A host that is stopped sends the spans of its last call first', async () => {
    const traceId = randomBytes(16).toString('hex');
    await read(traceId);
    await service.stop();

    expect(accepted.filter((body) => body.includes(traceId))).toHaveLength(1);
  });
});
