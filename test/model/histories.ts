/**
 * Random histories: which commands a caller gives, how often, and with what. There are few carts, contents and
 * request ids on purpose, so that calls meet each other. It compares nothing.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { CallService } from '../e2e/running.ts';
import {
  type Command,
  checkOut,
  create,
  createNoCart,
  follow,
  get,
  listOrders,
  outlive,
  replace,
  replaceByNoCart,
} from './commands.ts';
import { CONTENTS, type Insists, type Model, NO_CARTS } from './model.ts';

const cart = fc.nat({ max: 3 });
const content = fc.nat({ max: CONTENTS.length - 1 });
const noCart = fc.nat({ max: NO_CARTS.length - 1 });
const requestId = fc.option(fc.nat({ max: 2 }), { nil: undefined });
const insists = fc.constantFrom<Insists[]>('nothing', 'nothing', 'fresh', 'stale', 'any');

/** Histories of up to 16 calls after the first create; the likelier a call, the oftener it stands here. */
export const histories: Arbitrary<Iterable<Command>> = fc.commands<Model, CallService>(
  [
    ...Array(3).fill(fc.tuple(content, requestId).map(([of, id]) => create(of, id))),
    ...Array(5).fill(
      fc.tuple(cart, content, requestId, insists).map(([n, of, id, how]) => replace(n, of, id, how)),
    ),
    ...Array(5).fill(fc.tuple(cart, insists, fc.boolean()).map(([n, how, async]) => checkOut(n, how, async))),
    ...Array(3).fill(cart.map(get)),
    noCart.map(createNoCart),
    fc.tuple(cart, noCart).map(([n, kind]) => replaceByNoCart(n, kind)),
    cart.map(follow),
    fc.constant(listOrders),
    cart.map(outlive),
  ] as Arbitrary<Command>[],
  { maxCommands: 16, size: 'max' },
) as Arbitrary<Iterable<Command>>;
