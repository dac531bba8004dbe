/**
 * Wraps every effect of any ports: to count it, to fail it before or after it was performed, or to end the process
 * during it. New effects are included automatically, because nothing here names the methods.
 */
import { apiError, ServiceError } from '../../shared/errors.ts';
import type { Ports } from '../../shared/ports.ts';
import type { Effect } from './ports.ts';

/** Runs one effect; the protocol gets what it returns. */
export type Around = (effect: Effect, run: () => Promise<unknown>) => Promise<unknown>;

/** The same ports, with every effect wrapped. */
export function intercept(ports: Ports, around: Around): Ports {
  const wrapped = <Port extends object>(port: string, methods: Port): Port =>
    Object.fromEntries(
      Object.entries(methods).map(([name, method]: [string, (...args: unknown[]) => Promise<unknown>]) => [
        name,
        (...args: unknown[]) => around({ name: `${port}.${name}`, args }, async () => method(...args)),
      ]),
    ) as Port;
  const { place, ...gateway } = ports.gateway;
  const { due, read, within, ...index } = ports.due;
  /** A query is one effect, however many pages it has. */
  const query = <Args extends unknown[], Found>(name: string, run: (...args: Args) => AsyncIterable<Found>) =>
    async function* (...args: Args) {
      yield* (await around({ name: `due.${name}`, args }, () => Array.fromAsync(run(...args)))) as Found[];
    };
  return {
    ...ports,
    carts: wrapped('carts', ports.carts),
    orders: wrapped('orders', ports.orders),
    due: {
      ...wrapped('due', index),
      due: query('due', due),
      read: query('read', read),
      within: query('within', within),
    },
    bulk: wrapped('bulk', ports.bulk),
    bulkList: wrapped('bulkList', ports.bulkList),
    bulkQueue: wrapped('bulkQueue', ports.bulkQueue),
    checkouts: wrapped('checkouts', ports.checkouts),
    pageQueue: wrapped('pageQueue', ports.pageQueue),
    registrations: wrapped('registrations', ports.registrations),
    deliveries: wrapped('deliveries', ports.deliveries),
    deliveryQueue: wrapped('deliveryQueue', ports.deliveryQueue),
    receiver: wrapped('receiver', ports.receiver),
    erasures: wrapped('erasures', ports.erasures),
    customerData: wrapped('customerData', ports.customerData),
    strandedMessages: wrapped('strandedMessages', ports.strandedMessages),
    parked: wrapped('parked', ports.parked),
    events: wrapped('events', ports.events),
    gateway: { ...gateway, ...wrapped('gateway', { place }) },
  };
}

/** The result of an effect without a response, which may have been performed or not; a gateway never throws. */
export function unanswered({ name }: Effect): unknown {
  if (name === 'gateway.place') {
    const problem = { code: '800005', description: 'The gateway did not answer.', status: 409 };
    return { kind: 'retry', problem, ambiguous: true };
  }
  if (name === 'receiver.call') return { durationMs: 1, reason: 'The receiver did not answer.' };
  if (/^(carts|orders|due|bulk|bulkList|registrations|deliveries|erasures|customerData)\./.test(name)) {
    throw new ServiceError(apiError('serviceUnavailable', 'Storage does not answer.'));
  }
  throw new Error('The broker does not answer.');
}
