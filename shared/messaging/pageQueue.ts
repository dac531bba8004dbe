/**
 * The queue `sweep-pages` and its messages. What is in the queue is peeked, which locks nothing: messages that are scheduled,
 * that wait, that are locked by a worker, and that were abandoned are all there, and those that ended are not.
 */
import * as z from 'zod';
import type { DueRange, PageQueue } from '../ports.ts';
import type { OpenBus } from './bus.ts';
import { readEnvelope } from './envelope.ts';
import { QUEUES } from './queueNames.ts';

/** As many as the broker returns for one request. */
const PEEKED_AT_A_TIME = 250;

/** Epoch milliseconds that a row key can hold. */
const time = z.int().min(0).max(Date.UTC(9_999, 11));

const pageEnvelope = z.object({
  type: z.literal('sweepPage'),
  version: z.literal(1),
  data: z.object({ shard: z.int().min(0), fromMs: time, toMs: time }),
});

/** The body of a message of the queue `sweep-pages`. */
export const toPageEnvelope = (data: DueRange): z.input<typeof pageEnvelope> => ({
  type: 'sweepPage',
  version: 1,
  data,
});

/** The page in a body, or a sentence with the reason why the body cannot be read. */
export function readPageMessage(body: unknown): { page: DueRange } | { unreadable: string } {
  const read = readEnvelope(pageEnvelope, body);
  return 'value' in read ? { page: read.value.data } : read;
}

/** The queue on a bus. */
export const pageQueue = (bus: Pick<OpenBus, 'sendAll' | 'use'>): PageQueue => ({
  async send(pages) {
    await bus.sendAll(
      QUEUES.sweepPages,
      pages.map(({ range, id, atMs }) => ({
        messageId: id,
        contentType: 'application/json',
        subject: 'sweepPage',
        body: toPageEnvelope(range),
        ...(atMs === undefined ? {} : { scheduledEnqueueTimeUtc: new Date(atMs) }),
      })),
    );
  },

  queued: () =>
    bus.use(async (client) => {
      const receiver = client.createReceiver(QUEUES.sweepPages);
      const messages = [];
      let peeked = await receiver.peekMessages(PEEKED_AT_A_TIME);
      while (peeked.length > 0) {
        messages.push(...peeked);
        peeked = await receiver.peekMessages(PEEKED_AT_A_TIME);
      }
      await receiver.close();
      return messages.flatMap(({ body, enqueuedTimeUtc, scheduledEnqueueTimeUtc }) => {
        const read = readPageMessage(body);
        const times = [enqueuedTimeUtc, scheduledEnqueueTimeUtc].map((time) => time?.getTime() ?? 0);
        return 'page' in read ? [{ ...read.page, enqueuedMs: Math.max(...times) }] : [];
      });
    }),
});
