/** Processes a checkout message: an attempt, or the replay of an exhausted checkout. An unreadable message is parked immediately, with the reason. */
import type { InvocationContext } from '@azure/functions';
import { replayParkedCheckout } from '../../shared/checkout/replayParked.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { jsonLogger } from '../../shared/jsonLogger.ts';
import { readCheckoutMessage } from '../../shared/messaging/envelope.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { service } from '../container.ts';
import { parkUnreadable } from './parkUnreadable.ts';

export async function runCheckout(body: unknown, context: InvocationContext): Promise<void> {
  const ports = service().ports(jsonLogger(context));
  const { attemptPolicy, lifecycle } = service().policies;
  const read = readCheckoutMessage(body);
  if ('message' in read) {
    return runAttempt(ports, read.message, attemptPolicy);
  }
  if ('replay' in read) {
    return replayParkedCheckout(ports, read.replay, { watchdogMs: lifecycle.watchdogMs, uuidV8 });
  }
  await parkUnreadable(ports, { body, context, source: QUEUES.checkout }, read.unreadable);
}
