/** Processes a page of due entries that the sweeper dispatched to the queue `sweep-pages`. An unreadable message is parked immediately, with the reason. */
import type { InvocationContext } from '@azure/functions';
import { jsonLogger } from '../../shared/jsonLogger.ts';
import { readPageMessage } from '../../shared/messaging/pageQueue.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import type { SweepGuards } from '../../shared/sweeper/guardedPorts.ts';
import { openGuards, sweepPage as run } from '../../shared/sweeper/sweep.ts';
import { service } from '../container.ts';
import { parkUnreadable } from './parkUnreadable.ts';

/** The host runs several pages at a time in one process. */
let guardsOfProcess: SweepGuards | undefined;

export async function sweepPage(body: unknown, context: InvocationContext): Promise<void> {
  const ports = service().ports(jsonLogger(context));
  const read = readPageMessage(body);
  if ('page' in read) {
    guardsOfProcess ??= openGuards(ports.now);
    const { lifecycle, webhooks, erasure } = service().policies;
    const policy = { ...lifecycle, delivery: webhooks.delivery, erasure };
    const report = await run(ports, read.page, policy, guardsOfProcess);
    if (report) ports.log.info('page of due entries swept', { ...read.page, ...report });
    return;
  }
  await parkUnreadable(ports, { body, context, source: QUEUES.sweepPages }, read.unreadable);
}
