/** A caller of the ordering desk, for its tests: sends orders, plays scripts, reads what the desk has seen. */
import { expect } from 'vitest';
import type { SeenRequest } from '../../../local/ordering-desk/desk.ts';
import type { ScriptRequest } from '../../../local/ordering-desk/script.ts';

export const customer = 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
export const offerId = 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB';
export const order = {
  referenceCustomerId: customer,
  billingCycle: 'monthly',
  currencyCode: 'USD',
  lineItems: [
    {
      lineItemNumber: 0,
      offerId,
      quantity: 2,
      friendlyName: 'Seats',
      termDuration: 'P1Y',
      partnerIdOnRecord: '517285',
    },
  ],
};

interface Sending {
  requestId?: string;
  body?: unknown;
  token?: string;
  signal?: AbortSignal;
}

/** Calls the desk that is at `url` at the time of the call. */
export function callerOf(url: () => string) {
  const caller = {
    send({ requestId = crypto.randomUUID(), body = order, token, signal }: Sending = {}) {
      return fetch(`${url()}/v1/customers/${customer}/orders`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'MS-RequestId': requestId, ...(token && { Authorization: `Bearer ${token}` }) },
        ...(signal && { signal }),
      });
    },

    /** Sends an order under a rule that leaves it unanswered, and gives up once the desk has played its part. */
    async sendInVain(requestId: string, played: string): Promise<void> {
      const patience = new AbortController();
      const unanswered = expect(caller.send({ requestId, signal: patience.signal })).rejects.toThrow();
      await expect.poll(caller.outcomes, { timeout: 10_000 }).toEqual([played]);
      patience.abort();
      await unanswered;
    },

    async play(script: ScriptRequest): Promise<void> {
      const response = await fetch(`${url()}/desk/script`, { method: 'POST', body: JSON.stringify(script) });
      expect(response.status).toBe(204);
    },

    async get<T = Record<string, unknown>>(path: string): Promise<T> {
      return (await (await fetch(`${url()}${path}`)).json()) as T;
    },

    async outcomes(): Promise<string[]> {
      return (await caller.get<SeenRequest[]>('/desk/requests')).map(({ outcome }) => outcome);
    },
  };
  return caller;
}
