/** A client of the ordering desk for its tests: sends orders, sets scripts, reads the recorded requests. */
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

/** A client of the desk at `url`, which is evaluated for every call. */
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

    /** Sends an order whose rule gives no response, and aborts it when the desk has recorded the outcome. */
    async sendWithoutResponse(requestId: string, outcome: string): Promise<void> {
      const controller = new AbortController();
      const rejected = expect(caller.send({ requestId, signal: controller.signal })).rejects.toThrow();
      await expect.poll(caller.outcomes, { timeout: 10_000 }).toEqual([outcome]);
      controller.abort();
      await rejected;
    },

    async play(script: ScriptRequest, scope = ''): Promise<void> {
      const response = await fetch(`${url()}/desk/script?scope=${scope}`, {
        method: 'POST',
        body: JSON.stringify(script),
      });
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
