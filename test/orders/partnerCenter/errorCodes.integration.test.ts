/** Every documented error code, returned by the ordering desk over HTTP, is retried or refused as the table says. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CODES } from '../../../shared/orders/gateways/partnerCenter/errorCodes.ts';
import { partnerCenterGateway } from '../../../shared/orders/gateways/partnerCenter/gateway.ts';
import { openDesk, peerOf, placementOf } from './deskFixture.ts';

/** The statuses that are reported to callers, because no SDK retries them without end. */
const SURFACED = [400, 403, 404, 409];

let desk: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk?.close());

async function outcomeOf(status: number, code?: string) {
  const answer = { status, code, description: `The description of ${code}.` };
  await desk.play([{ times: 1, answer }]);
  return partnerCenterGateway(peerOf(desk.url)).place(placementOf());
}

it.each(Object.entries(CODES).map(([code, entry]) => ({ code, ...entry })))(
  'Code $code with status $status has the verdict $verdict: $why',
  async ({ code, status, verdict }) => {
    const outcome = await outcomeOf(status, code);

    const description = `The description of ${code}.`;
    expect(outcome).toMatchObject(
      verdict === 'retry'
        ? { kind: 'retry', problem: { code: '800005', description, status: 409 } }
        : { kind: 'refused', problem: { code, description } },
    );
    if (outcome.kind === 'refused') expect(SURFACED).toContain(outcome.problem.status);
  },
);

it('Status 500 and 408 are ambiguous with any code, and a documented code decides with any other 4xx', async () => {
  expect(await outcomeOf(500, '800010')).toMatchObject({ kind: 'retry', ambiguous: true });
  expect(await outcomeOf(408, '800010')).toMatchObject({ kind: 'retry', ambiguous: true });
  expect(await outcomeOf(400, '800064')).toMatchObject({ kind: 'retry' });
});

it('The status takes precedence over codes that are used for any error', async () => {
  expect(await outcomeOf(400, '800005')).toMatchObject({ kind: 'refused', problem: { code: '800005' } });
  expect(await outcomeOf(429, '800003')).toMatchObject({ kind: 'retry' });
});

it.each([
  [401, 'retry'],
  [408, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [501, 'retry'],
  [502, 'retry'],
  [503, 'retry'],
  [504, 'retry'],
  [400, 'refused'],
  [403, 'refused'],
  [404, 'refused'],
  [405, 'refused'],
  [406, 'refused'],
  [409, 'refused'],
  [412, 'refused'],
])('Without a documented code the status decides: %i is %s', async (status, kind) => {
  expect(await outcomeOf(status, '4711')).toMatchObject({ kind });
});

it.each(['toString', '__proto__'])('The code %s is not one of Partner Center', async (code) => {
  expect(await outcomeOf(400, code)).toMatchObject({ kind: 'retry', ambiguous: false });
});

it('Every documented code has a reason and a status', () => {
  for (const [code, { status, why }] of Object.entries(CODES)) {
    expect(why, code).toMatch(/^[A-Z].*\.$/);
    expect(status, code).toBeGreaterThanOrEqual(400);
  }
});

it('The ordering desk has no order after its rejections', async () => {
  expect(await desk.made()).toEqual([]);
});
