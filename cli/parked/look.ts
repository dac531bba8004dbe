/** Looks into the places where messages are parked, without taking or locking any. */
import type { ServiceBusClient } from '@azure/service-bus';
import { type ParkedMessage, parkedMessage } from './message.ts';
import { type Place, receiverAt } from './place.ts';

const PAGE = 250;

/**
 * Every message in these places, oldest first in each. A client looks once: the SDK goes on behind what it has
 * peeked at, also through another receiver. Throws when the namespace does not answer.
 */
export async function lookInto(client: ServiceBusClient, places: readonly Place[]): Promise<ParkedMessage[]> {
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
