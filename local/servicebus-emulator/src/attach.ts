// The doorkeeper: every link that a client attaches comes here, and is sent to `$cbs`, to `$management`, to an entity,
// or away. It promises that nothing but `$cbs` opens without a token, and that whoever is sent away hears why.

import type { AmqpError } from './amqp.ts';
import type { Broker } from './broker.ts';
import { putToken } from './cbs.ts';
import type { Client } from './client.ts';
import { ConsumerLink } from './consumerLink.ts';
import { manage } from './management.ts';
import { ProducerLink } from './producerLink.ts';
import { entityNotFound, notAllowed, notEmulated, sessionsNotEmulated, unauthorized } from './refusals.ts';
import { openRequests } from './requests.ts';
import type { IncomingLink, Link, OutgoingLink } from './rhea.ts';

/** Where a link leads: something that serves it, or the reason why nothing does. */
type Way<AnyLink> = ((link: AnyLink) => void) | AmqpError;

const CBS = '$cbs';
const MANAGEMENT = /\/\$management$/i;
const SESSION_FILTER = 'com.microsoft:session-filter';

/** A client wants to send. */
export function attachSender(link: IncomingLink, client: Client, broker: Broker): void {
  follow(wayOfSender(link, client, broker), link);
}

/** A client wants to receive. */
export function attachReceiver(link: OutgoingLink, client: Client, broker: Broker): void {
  follow(wayOfReceiver(link, client, broker), link);
}

function wayOfSender({ target }: Link, client: Client, broker: Broker): Way<IncomingLink> {
  const address = target?.address;
  if (!address) return notEmulated('transactions');
  if (address === CBS) return (link) => openRequests(link, client, (it) => putToken(it, client, broker.key));
  if (!client.mayUse(address)) return unauthorized(address);
  const entity = broker.namespace.find(address.replace(MANAGEMENT, ''));
  if (!entity) return entityNotFound(address);
  if (MANAGEMENT.test(address)) return (link) => openRequests(link, client, (it) => manage(it, entity));
  const { path, intake } = entity;
  if (!intake) return notAllowed(`One cannot send to '${address}'.`);
  return (link) => new ProducerLink(link, path, intake, broker).open();
}

function wayOfReceiver({ source }: Link, client: Client, broker: Broker): Way<OutgoingLink> {
  const address = source?.address;
  if (!address) return notEmulated('sources without an address');
  if (address === CBS) return (link) => client.addReplyLink(link);
  if (!client.mayUse(address)) return unauthorized(address);
  const entity = broker.namespace.find(address.replace(MANAGEMENT, ''));
  if (!entity) return entityNotFound(address);
  if (MANAGEMENT.test(address)) return (link) => client.addReplyLink(link);
  const filters = Object.keys(source.filter ?? {});
  if (filters.includes(SESSION_FILTER)) return sessionsNotEmulated(address);
  if (filters.length > 0) return notEmulated(`filters (${filters.join(', ')})`);
  const { path, queue } = entity;
  if (!queue) return notAllowed(`One receives from the subscriptions of '${address}', not from the topic.`);
  return (link) => new ConsumerLink(link, queue, () => broker.faults.takeSettlement(path)).open(client);
}

function follow<AnyLink extends Link>(way: Way<AnyLink>, link: AnyLink): void {
  // An attach without termini is how AMQP says no, so the answer repeats those of the client.
  link.set_source(addressOf(link.source));
  link.set_target(addressOf(link.target));
  if (typeof way === 'function') way(link);
  else link.close(way);
}

function addressOf(terminus: { address?: string } | null): { address?: string } {
  return terminus?.address ? { address: terminus.address } : {};
}
