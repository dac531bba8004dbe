/**
 * The suite of one gateway: processes of the running service are killed at random moments under load, and no
 * order may be lost or doubled. The seed repeats the blows and the customers, not the microseconds.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Running } from '../e2e/running.ts';
import { depth, repeatCommand, seed } from '../support/depth.ts';
import { randomOf } from '../support/random.ts';
import { judge } from './judge.ts';
import { openLoad } from './load.ts';
import { moody, OUTCOMES } from './moods.ts';
import { type Gateway, startMortal } from './service.ts';
import { type Blow, stallsOf, strikeAll, type Victim } from './strike.ts';

const STOREFRONTS = 20;
/** How the supervisor reports each end; an end that it reports otherwise was nobody's doing. */
const ENDS: Record<Victim, string> = { host: 'SIGKILL', azurite: 'exit code 0', broker: 'SIGKILL' };

/** The suite. */
export function describeKills(gateway: Gateway, file: string): void {
  describe(`Processes that are killed under load, with the gateway ${gateway}`, () => {
    let service: Running;
    beforeAll(async () => {
      service = await startMortal(gateway);
    });
    afterAll(() => service?.stop());

    it('No order is lost or duplicated when processes are killed under load', {
      timeout: depth.timeLimitMs,
    }, async () => {
      const again = `again: ${repeatCommand(file, { seed })}`;
      const load = openLoad(service, STOREFRONTS, seed);
      const desk = gateway === 'partnerCenter' ? moody(service, randomOf(seed - 1)) : undefined;
      const blows = await strikeAll(service, load, depth.kills, { random: randomOf(seed - 2), desk });
      await desk?.calm();
      await load.close();
      const brokerLostMs = Math.max(0, ...of(blows, 'broker').map(({ atMs }) => atMs));
      const judgement = await judge(service, load.promised, brokerLostMs);

      console.log(summary(gateway, blows, load.promised.length, judgement));
      expect([...load.problems, ...judgement.problems], again).toEqual([]);
      expect(judgement.confirmed).toBeGreaterThan(0);
      expectEveryBlowStruck(service, blows);
      expect(load.traffic.cut).toBeGreaterThan(0);
      if (desk) expect([...desk.met.keys()].sort()).toEqual([...OUTCOMES].sort());
    });
  });
}

function expectEveryBlowStruck({ said }: Running, blows: readonly Blow[]): void {
  for (const victim of Object.keys(depth.kills) as Victim[]) {
    const count = depth.kills[victim];
    const struck = of(blows, victim);
    const ends = said.filter((sentence) => sentence.startsWith(`The ${victim} ended`));
    expect(ends).toHaveLength(count);
    expect(ends.filter((sentence) => !sentence.includes(`(${ENDS[victim]})`))).toEqual([]);
    expect(struck.filter(({ pid, nextPid }) => pid !== nextPid)).toHaveLength(count);
    // One process after the other, and none twice.
    expect(new Set(struck.map(({ pid }) => pid)).size).toBe(count);
  }
  const hosts = of(blows, 'host');
  expect(hosts.filter(({ requests }) => requests > 0).length).toBeGreaterThan(hosts.length / 2);
  expect(hosts.filter(({ messages }) => messages > 0).length).toBeGreaterThan(0);
}

const of = (blows: readonly Blow[], victim: Victim) => blows.filter((blow) => blow.victim === victim);

function summary(
  gateway: Gateway,
  blows: readonly Blow[],
  customers: number,
  { carts, promised, lost, doubled }: Awaited<ReturnType<typeof judge>>,
): string {
  const hosts = of(blows, 'host');
  const amidst = (what: 'requests' | 'messages') => hosts.filter((blow) => blow[what] > 0).length;
  return [
    `${gateway}: ${hosts.length} kills of the host (${amidst('requests')} amidst requests, ${amidst('messages')} amidst checkouts)`,
    `${stallsOf(blows)} stalls of it, ${of(blows, 'azurite').length} restarts of Azurite, ${of(blows, 'broker').length} kills of the broker`,
    `${customers} customers, ${carts} carts, ${promised} orders promised, ${lost.length} lost, ${doubled.length} doubled`,
    `seed ${seed}`,
  ].join('; ');
}
