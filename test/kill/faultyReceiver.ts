/**
 * A receiver of webhooks over HTTPS that fails in every way that receivers fail: errors, throttling, silence, and broken
 * connections before and after it has read the request. It fails a delivery a few times at most, so that each arrives.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { Certificate } from '../support/certificates.ts';
import type { Random } from '../support/random.ts';

export const RECEIVER_FAULTS = ['500', '429', 'slow', 'silent', 'cutBefore', 'cutAfter'] as const;
type Fault = (typeof RECEIVER_FAULTS)[number] | 'accept';

/** Longer than the sender waits, and shorter. */
const SILENCE_MS = 1_500;
const SLOWNESS_MS = 250;
const FAILURE_SHARE = 0.4;
const MOST_FAILURES = 3;

export interface ReceivedDelivery {
  webhookId: string;
  /** The partner whose webhook was called. */
  partner: string;
  body: string;
}

export interface FaultyReceiver {
  /** Where the webhook of a partner is. */
  urlOf(partner: string): string;
  /** The secret with which the deliveries to a partner must verify. */
  expectSecret(partner: string, secret: string): void;
  received: ReceivedDelivery[];
  /** How many calls have begun and not ended. */
  openCalls(): number;
  /** How many deliveries met each fault. */
  met: Map<Fault, number>;
  /** Deliveries that the public package rejects. */
  problems: string[];
  close(): Promise<void>;
}

/** Starts a receiver on a free port of the loopback, with this certificate. */
export async function startFaultyReceiver(certificate: Certificate, random: Random): Promise<FaultyReceiver> {
  const received: ReceivedDelivery[] = [];
  const met = new Map<Fault, number>();
  const problems: string[] = [];
  const secrets = new Map<string, string>();
  const failures = new Map<string, number>();
  let failed = 0;
  let open = 0;

  function moodOf(webhookId: string): Fault {
    const before = failures.get(webhookId) ?? 0;
    const isFailure = before < MOST_FAILURES && random.chance(FAILURE_SHARE);
    // In turn, so that each is met in a run with few deliveries as well.
    const fault = isFailure ? (RECEIVER_FAULTS[failed++ % RECEIVER_FAULTS.length] ?? 'accept') : 'accept';
    if (isFailure) failures.set(webhookId, before + 1);
    met.set(fault, (met.get(fault) ?? 0) + 1);
    return fault;
  }

  async function receive(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const partner = (request.url ?? '').slice(1);
    const headers = request.headers as Record<string, string>;
    try {
      new Webhook(secrets.get(partner) ?? '').verify(body, headers);
      received.push({ webhookId: headers['webhook-id'] ?? '', partner, body });
    } catch (error) {
      problems.push(`a delivery to ${partner} is not authentic: ${error}`);
    }
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = moodOf(String(request.headers['webhook-id']));
    if (fault === 'cutBefore') return void request.socket.destroy();
    await receive(request);
    if (fault === 'cutAfter') return void request.socket.destroy();
    if (fault === 'slow') await sleep(SLOWNESS_MS);
    if (fault === 'silent') await sleep(SILENCE_MS);
    const status = fault === '500' || fault === '429' ? Number(fault) : 204;
    response.writeHead(status, fault === '429' ? { 'Retry-After': '1' } : {}).end();
  }

  const server = createServer(certificate, (request, response) => {
    open++;
    // A host that is killed breaks its connections.
    respond(request, response)
      .catch(() => undefined)
      .finally(() => open--);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (partner) => `https://localhost:${port}/${partner}`,
    expectSecret: (partner, secret) => secrets.set(partner, secret),
    received,
    openCalls: () => open,
    met,
    problems,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
