/** Every documented error code, as the ordering desk answers it over HTTP: asked again or refused, as the table says. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CODES } from '../../../shared/orders/gateways/partnerCenter/errorCodes.ts';
import { partnerCenterGateway } from '../../../shared/orders/gateways/partnerCenter/gateway.ts';
import { openDesk, peerOf, placementOf } from './deskFixture.ts';

/** Statuses that no SDK repeats for ever. */
const SURFACED = [400, 403, 404, 409];

let desk: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk?.close());

async function answerOf(status: number, code?: string) {
  const answer = { status, code, description: `The desk says ${code}.` };
  await desk.play([{ times: 1, answer }]);
  return partnerCenterGateway(peerOf(desk.url)).place(placementOf());
}

it.each(Object.entries(CODES).map(([code, entry]) => ({ code, ...entry })))(
  'code $code with $status: $verdict. $why',
  async ({ code, status, verdict }) => {
    const outcome = await answerOf(status, code);

    const description = `The desk says ${code}.`;
    expect(outcome).toMatchObject(
      verdict === 'retry'
        ? { kind: 'retry', problem: { code: '800005', description, status: 409 } }
        : { kind: 'refused', problem: { code, description } },
    );
    if (outcome.kind === 'refused') expect(SURFACED).toContain(outcome.problem.status);
  },
);

it('a 5xx is ambiguous whatever its code, and a code decides beside any 4xx', async () => {
  expect(await answerOf(500, '800010')).toMatchObject({ kind: 'retry', ambiguous: true });
  expect(await answerOf(408, '800010')).toMatchObject({ kind: 'retry', ambiguous: true });
  expect(await answerOf(400, '800064')).toMatchObject({ kind: 'retry' });
});

it('the status decides where it blames the request and the code is a catch-all for errors', async () => {
  expect(await answerOf(400, '800005')).toMatchObject({ kind: 'refused', problem: { code: '800005' } });
  expect(await answerOf(429, '800003')).toMatchObject({ kind: 'retry' });
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
])('of a code that is not in the table, the status decides: %i is %s', async (status, kind) => {
  expect(await answerOf(status, '4711')).toMatchObject({ kind });
});

it.each(['toString', '__proto__'])('a code such as %s is no code of the table', async (code) => {
  expect(await answerOf(400, code)).toMatchObject({ kind: 'refused', problem: { code } });
});

it('has a reason and a documented status for every code', () => {
  for (const [code, { status, why }] of Object.entries(CODES)) {
    expect(why, code).toMatch(/^[A-Z].*\.$/);
    expect(status, code).toBeGreaterThanOrEqual(400);
  }
});

it('made no order of anything that the desk has refused', async () => {
  expect(await desk.made()).toEqual([]);
});
