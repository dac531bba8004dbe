/**
 * What a response proves: only a 4xx in Partner Center's own error format is a rejection, and the rejection of a repeat
 * does not disprove the order of an ambiguous earlier call (public reports balanced/balanced-api#569 and a variation).
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../../shared/orders/gateways/partnerCenter/errorCodes.ts';
import { LONG_AGO } from './deskFixture.ts';
import { AMBIGUOUS_STATUSES, PATH, type Reply, scriptedServer, UPSTREAM_ORDER } from './scripted.ts';

const server = scriptedServer();
const { place } = server;
const NO_INVENTORY = { code: '800010', description: 'There is no inventory.', data: [], source: 'PartnerFD' };

describe('5xx and 408', () => {
  // Every status with a share of the codes: `gateway.test.ts` has every status with every code, without a network.
  it.each(AMBIGUOUS_STATUSES.map((status, n) => ({ status, n })))(
    'A response with status $status is ambiguous whatever its code',
    async ({ status, n }) => {
      const share = Object.keys(CODES).filter((_, index) => index % AMBIGUOUS_STATUSES.length === n);
      for (const code of [...share, '4711']) {
        const outcome = await place([{ status, body: { ...NO_INVENTORY, code } }]);

        expect(outcome, code).toMatchObject({ kind: 'retry', ambiguous: true, problem: { code: '800005' } });
      }
    },
  );

  it('A 5xx with Retry-After is ambiguous, and its pause is observed', async () => {
    const outcome = await place([{ status: 503, body: NO_INVENTORY, headers: { 'Retry-After': '9' } }]);

    expect(outcome).toMatchObject({ kind: 'deferred', by: 'pause', waitMs: 9_000, ambiguous: true });
  });
});

describe('4xx responses of intermediaries', () => {
  it.each<[string, Reply]>([
    ['the HTML of a firewall', { status: 403, body: '<html><body>Request blocked.</body></html>' }],
    ['an empty body', { status: 400, body: '' }],
    ['an empty object', { status: 404, body: {} }],
    ['a list of errors', { status: 404, body: [NO_INVENTORY] }],
    ['Azure API Management', { status: 404, body: { statusCode: 404, message: 'Resource not found' } }],
    ['an AWS gateway', { status: 403, body: { message: 'Forbidden' } }],
    ['a proxy with the status as its code', { status: 403, body: { code: 403, description: 'Forbidden' } }],
    ['a proxy with another status as its code', { status: 403, body: { code: '404', description: 'no' } }],
    ['a firewall with a named code', { status: 403, body: { code: 'WAF-1', description: 'Blocked' } }],
    ['IIS', { status: 403, body: { code: '403.14', description: 'Forbidden' } }],
    [
      'problem details',
      { status: 400, body: { type: 'about:blank', title: 'no', detail: 'no', status: 400 } },
    ],
    ['an OData error', { status: 400, body: { error: { code: 'BadRequest', message: 'no' } } }],
    ['a code without a description', { status: 400, body: { code: '800010' } }],
    ['a description without a code', { status: 400, body: { code: null, description: 'no' } }],
    ['the rejection of a large body', { status: 413, body: '<html>' }],
  ])('A 4xx of an intermediary is retryable and not a rejection: %s', async (_, reply) => {
    expect(await place([reply])).toMatchObject({
      kind: 'retry',
      ambiguous: false,
      problem: { code: '800005', status: 409 },
    });
  });
});

describe('redirects', () => {
  it.each([300, 301, 302, 303, 304, 307, 308])(
    'A redirect with status %i is not followed and is ambiguous',
    async (status) => {
      const other: string[] = [];
      const target = createServer((request, response) => {
        other.push(`${request.method} ${request.url}`);
        response.writeHead(201, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(UPSTREAM_ORDER));
      });
      await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
      const Location = `http://127.0.0.1:${(target.address() as AddressInfo).port}${PATH}`;

      const outcome = await place([{ status, headers: { Location } }]);
      const lookedUp = await place([{ status, headers: { Location } }], { ambiguousSinceMs: LONG_AGO });
      await new Promise((resolve) => target.close(resolve));

      expect(outcome).toMatchObject({ kind: 'retry', ambiguous: true });
      expect(lookedUp).toMatchObject({ kind: 'retry', ambiguous: false });
      expect(other).toEqual([]);
    },
  );
});

describe('rejections', () => {
  it('A rejection after an ambiguous call leaves the order ambiguous, although it is not listed', async () => {
    const outcome = await place(
      [
        { status: 200, body: { items: [] } },
        { status: 400, body: NO_INVENTORY },
      ],
      { ambiguousSinceMs: LONG_AGO },
    );

    expect(outcome).toMatchObject({ kind: 'refused', ambiguous: true, problem: { code: '800010' } });
  });

  it('A rejection without an ambiguous call is conclusive', async () => {
    expect(await place([{ status: 400, body: NO_INVENTORY }])).toEqual({
      kind: 'refused',
      problem: { code: '800010', description: 'There is no inventory.', status: 400 },
    });
  });
});
