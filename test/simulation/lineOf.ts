/**
 * A line of a trace: an effect and what came of it, short enough to be read by a person. GUIDs keep their first
 * eight digits, times are seconds since the beginning, and of a checkout only how far it is.
 */
import type { Checkout } from '../../shared/cart/checkoutState.ts';
import type { Effect } from '../support/ports.ts';
import { NOW } from '../support/samples.ts';

const LISTED = [
  'cartId',
  'atMs',
  'etag',
  'cart',
  'checkout',
  'checkoutId',
  'attempt',
  'id',
  'kind',
  'requestId',
];

/** The effect with its arguments, and its answer or its failure. */
export function lineOf({ name, args }: Effect, answer: () => unknown): string {
  return `${name} ${args.map(short).join(' ')} → ${outcome(answer)}`;
}

function outcome(answer: () => unknown): string {
  try {
    return short(answer());
  } catch (error) {
    return String(error);
  }
}

function short(value: unknown): string {
  const json = JSON.stringify(value, (key, member) => {
    if (key === 'checkout') return stand(member as Checkout);
    const isListed = key === '' || /^\d+$/.test(key) || LISTED.includes(key);
    return isListed ? member : undefined;
  });
  return (json ?? 'nothing')
    .replaceAll(/([0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '$1')
    .replaceAll(/\b1\d{12}\b/g, (ms) => `${(Number(ms) - NOW) / 1_000}s`)
    .replaceAll('"', '');
}

const stand = ({ id, state, attempt, watchdogAtMs }: Checkout) =>
  `${id} ${state} ${attempt} look ${watchdogAtMs}`;
