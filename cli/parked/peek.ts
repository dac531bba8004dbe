/** Reads the messages that are parked or dead-lettered, without locking or completing any. */
import type { ServiceBusClient } from '@azure/service-bus';
import { type ParkedMessage, parkedMessage } from './message.ts';
import { type Place, receiverAt } from './place.ts';

const PAGE = 250;

/**
 * Every message in these places, oldest first in each. Use a client for one call only: the SDK continues after what it
 * has peeked, also through another receiver. Throws when the namespace does not answer.
 */
export async function peekAll(client: ServiceBusClient, places: readonly Place[]): Promise<ParkedMessage[]> {
  const found: ParkedMessage[] = [];
  for (const place of places) {
    const receiver = receiverAt(client, place);
    let page = await receiver.peekMessages(PAGE);
    while (page.length > 0) {
      found.push(...page.map((received) => parkedMessage(received, place)));
      page = await receiver.peekMessages(PAGE);
    }
    await receiver.close();
  }
  return found;
}
