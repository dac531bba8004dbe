/** After a worker crashes while it processes a lane, the broker redelivers the message and the lane continues. */
import { expect, it } from 'vitest';
import type { OutgoingMessage } from '../../shared/bulk/laneMessage.ts';
import { dispatchLanes } from '../../shared/bulk/lifecycle.ts';
import { runLane } from '../../shared/bulk/processLane.ts';
import type { World } from '../support/ports.ts';
import { MINUTE } from '../support/samples.ts';
import { BULK, deliver, orderIn, POLICY, submitted } from './submitting.ts';

/** Processes the message with a worker that crashes once it has leased the lane. */
async function crashOn(world: World, { message }: OutgoingMessage): Promise<void> {
  const { promise: crash, resolve: reportCrash } = Promise.withResolvers<void>();
  world.around = async ({ name }, run) => {
    const response = await run();
    if (name !== 'bulk.writeLane') return response;
    reportCrash();
    return new Promise<never>(() => undefined);
  };
  await Promise.race([runLane(world.ports, { ...message, lane: 0 }, POLICY), crash]);
  world.around = (_, run) => run();
}

it('A lane continues after several crashes, also when a worker crashes on the message that was deferred by the last one', async () => {
  const world = await submitted();
  world.bulkSent = [];
  await dispatchLanes(world.ports, BULK);

  for (let crashes = 0; crashes < 4; crashes++) {
    const [sent] = world.bulkSent.splice(0);
    if (!sent) throw new Error(`No message is left after ${crashes} crashes.`);
    await crashOn(world, sent);
    await runLane(world.ports, { ...sent.message, lane: 0 }, POLICY); // the broker redelivers the message
    world.nowMs += 2 * MINUTE;
  }
  await deliver(world);

  expect((await orderIn(world)).state).toBe('completed');
});
