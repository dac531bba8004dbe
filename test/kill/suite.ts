/**
 * The suite of one gateway: processes of the running service are killed at random moments under load, and no
 * order may be lost or doubled. The seed repeats the kills and the customers, not the microseconds.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Running } from '../e2e/running.ts';
import { depth, repeatCommand, seed } from '../support/depth.ts';
import { randomOf } from '../support/random.ts';
import { injectFaults, OUTCOMES } from './deskFaults.ts';
import { judge } from './judge.ts';
import { type Kill, killAll, stallsOf, type Target } from './kills.ts';
import { openLoad } from './load.ts';
import { type Gateway, startMortal } from './service.ts';

const STOREFRONTS = 20;
/** How the supervisor reports each end; an end that it reports otherwise was not caused by the test. */
const ENDS: Record<Target, string> = { host: 'SIGKILL', azurite: 'exit code 0', broker: 'SIGKILL' };

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
      const desk = gateway === 'partnerCenter' ? injectFaults(service, randomOf(seed - 1)) : undefined;
      const kills = await killAll(service, load, depth.kills, { random: randomOf(seed - 2), desk });
      await desk?.stop();
      await load.close();
      const brokerLostMs = Math.max(0, ...of(kills, 'broker').map(({ atMs }) => atMs));
      const judgement = await judge(service, load.promised, brokerLostMs);

      console.log(summary(gateway, kills, load.promised.length, judgement));
      expect([...load.problems, ...judgement.problems], again).toEqual([]);
      expect(judgement.confirmed).toBeGreaterThan(0);
      expectEveryKill(service, kills);
      expect(load.traffic.cut).toBeGreaterThan(0);
      if (desk) expect([...desk.met.keys()].sort()).toEqual([...OUTCOMES].sort());
    });
  });
}

function expectEveryKill({ said }: Running, kills: readonly Kill[]): void {
  for (const target of Object.keys(depth.kills) as Target[]) {
    const count = depth.kills[target];
    const dealt = of(kills, target);
    const ends = said.filter((sentence) => sentence.startsWith(`The ${target} ended`));
    expect(ends).toHaveLength(count);
    expect(ends.filter((sentence) => !sentence.includes(`(${ENDS[target]})`))).toEqual([]);
    expect(dealt.filter(({ pid, nextPid }) => pid !== nextPid)).toHaveLength(count);
    // One process after the other, and none twice.
    expect(new Set(dealt.map(({ pid }) => pid)).size).toBe(count);
  }
  const hosts = of(kills, 'host');
  expect(hosts.filter(({ requests }) => requests > 0).length).toBeGreaterThan(hosts.length / 2);
  expect(hosts.filter(({ messages }) => messages > 0).length).toBeGreaterThan(0);
}

const of = (kills: readonly Kill[], target: Target) => kills.filter((kill) => kill.target === target);

function summary(
  gateway: Gateway,
  kills: readonly Kill[],
  customers: number,
  { carts, promised, lost, doubled }: Awaited<ReturnType<typeof judge>>,
): string {
  const hosts = of(kills, 'host');
  const during = (what: 'requests' | 'messages') => hosts.filter((kill) => kill[what] > 0).length;
  return [
    `${gateway}: ${hosts.length} kills of the host (${during('requests')} during requests, ${during('messages')} during checkouts)`,
    `${stallsOf(kills)} stalls of it, ${of(kills, 'azurite').length} restarts of Azurite, ${of(kills, 'broker').length} kills of the broker`,
    `${customers} customers, ${carts} carts, ${promised} orders promised, ${lost.length} lost, ${doubled.length} doubled`,
    `seed ${seed}`,
  ].join('; ');
}
