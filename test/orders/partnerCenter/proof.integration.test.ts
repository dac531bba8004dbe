/**
 * What a response proves: only a 4xx in Partner Center's own error format is a rejection, and the rejection of a repeat
 * does not disprove the order of an ambiguous earlier call (public reports balanced/balanced-api#569 and a variation).
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../../shared/orders/gateways/partnerCenter/errorCodes.ts';
import { LONG_AGO } from './deskFixture.ts';
import { made, PATH, type Reply, scriptedServer } from './scripted.ts';

const server = scriptedServer();
const { place } = server;
const NO_INVENTORY = { code: '800010', description: 'There is no inventory.', data: [], source: 'PartnerFD' };

describe('a 5xx or 408', () => {
  it.each([500, 501, 502, 503, 504, 520, 599, 408])(
    'with status %i is ambiguous whatever code it carries',
    async (status) => {
      for (const code of [...Object.keys(CODES), '4711']) {
        const outcome = await place([{ status, body: { ...NO_INVENTORY, code } }]);

        expect(outcome, code).toMatchObject({ kind: 'retry', ambiguous: true, problem: { code: '800005' } });
      }
    },
  );

  it('with Retry-After is ambiguous as well, and its pause is respected', async () => {
    const outcome = await place([{ status: 503, body: NO_INVENTORY, headers: { 'Retry-After': '9' } }]);

    expect(outcome).toMatchObject({ kind: 'deferred', by: 'pause', waitMs: 9_000, ambiguous: true });
  });
});

describe('a 4xx of an intermediary', () => {
  it.each<[string, Reply]>([
    ['the HTML of a firewall', { status: 403, body: '<html><body>Request blocked.</body></html>' }],
    ['an empty body', { status: 400, body: '' }],
    ['an empty object', { status: 404, body: {} }],
    ['a list', { status: 404, body: [NO_INVENTORY] }],
    ['API management', { status: 404, body: { statusCode: 404, message: 'Resource not found' } }],
    ['an AWS gateway', { status: 403, body: { message: 'Forbidden' } }],
    ['a proxy with the status as its code', { status: 403, body: { code: 403, description: 'Forbidden' } }],
    ['an OData error', { status: 400, body: { error: { code: 'BadRequest', message: 'no' } } }],
    ['a code without a description', { status: 400, body: { code: '800010' } }],
    ['a description without a code', { status: 400, body: { code: null, description: 'no' } }],
    ['a body that is too large for it', { status: 413, body: '<html>' }],
  ])('is retried like a 429, not reported as a rejection: %s', async (_, reply) => {
    expect(await place([reply])).toMatchObject({
      kind: 'retry',
      ambiguous: false,
      problem: { code: '800005', status: 409 },
    });
  });
});

describe('a redirect', () => {
  it.each([300, 301, 302, 303, 304, 307, 308])(
    'with status %i is not followed, and is ambiguous',
    async (status) => {
      const other: string[] = [];
      const elsewhere = createServer((request, response) => {
        other.push(`${request.method} ${request.url}`);
        response.writeHead(201, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(made));
      });
      await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
      const Location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}${PATH}`;

      const outcome = await place([{ status, headers: { Location } }]);
      const lookedUp = await place([{ status, headers: { Location } }], { ambiguousSinceMs: LONG_AGO });
      await new Promise((resolve) => elsewhere.close(resolve));

      expect(outcome).toMatchObject({ kind: 'retry', ambiguous: true });
      expect(lookedUp).toMatchObject({ kind: 'retry', ambiguous: false });
      expect(other).toEqual([]);
    },
  );
});

describe('the rejection of a repeat', () => {
  it('after an ambiguous call leaves the order ambiguous, although it is not listed', async () => {
    const outcome = await place(
      [
        { status: 200, body: { items: [] } },
        { status: 400, body: NO_INVENTORY },
      ],
      { ambiguousSinceMs: LONG_AGO },
    );

    expect(outcome).toMatchObject({ kind: 'refused', ambiguous: true, problem: { code: '800010' } });
  });

  it('without an ambiguous call is conclusive', async () => {
    expect(await place([{ status: 400, body: NO_INVENTORY }])).toEqual({
      kind: 'refused',
      problem: { code: '800010', description: 'There is no inventory.', status: 400 },
    });
  });
});
