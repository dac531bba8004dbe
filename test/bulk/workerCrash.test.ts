/** A worker that dies over a message of a lane leaves the message in the queue: it comes again, and the lane goes on. */
import { expect, it } from 'vitest';
import type { OutgoingMessage } from '../../shared/bulk/laneMessage.ts';
import { dispatchLanes } from '../../shared/bulk/lifecycle.ts';
import { runLane } from '../../shared/bulk/processLane.ts';
import type { World } from '../support/ports.ts';
import { MINUTE } from '../support/samples.ts';
import { BULK, deliver, orderIn, POLICY, submitted } from './submitting.ts';

/** Hands the message to a worker that dies once it has the lane. */
async function dieOver(world: World, { message }: OutgoingMessage): Promise<void> {
  const { promise: death, resolve: die } = Promise.withResolvers<void>();
  world.around = async ({ name }, run) => {
    const answer = await run();
    if (name !== 'bulk.writeLane') return answer;
    die();
    return new Promise<never>(() => undefined);
  };
  await Promise.race([runLane(world.ports, { ...message, lane: 0 }, POLICY), death]);
  world.around = (_, run) => run();
}

it('also when it dies over the one that was put off because of the last death', async () => {
  const world = await submitted();
  world.bulkSent = [];
  await dispatchLanes(world.ports, BULK);

  for (let deaths = 0; deaths < 4; deaths++) {
    const [sent] = world.bulkSent.splice(0);
    if (!sent) throw new Error(`No message is left after ${deaths} deaths.`);
    await dieOver(world, sent);
    await runLane(world.ports, { ...sent.message, lane: 0 }, POLICY); // the broker delivers it again
    world.nowMs += 2 * MINUTE;
  }
  await deliver(world);

  expect((await orderIn(world)).state).toBe('completed');
});
