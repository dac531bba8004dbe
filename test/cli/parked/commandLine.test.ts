/** What the operator says, and what is told to one who says it wrong. */
import { describe, expect, it } from 'vitest';
import { readCommand } from '../../../cli/parked/commandLine.ts';
import { BadOption } from '../../../cli/refused.ts';

it('reads a command with every word that there is', () => {
  const words =
    'replay a b --source checkout --reason Unreadable --older-than PT2H --dry-run --rate 0.5 --namespace n';

  expect(readCommand(words.split(' '))).toMatchObject({
    name: 'replay',
    filter: { ids: ['a', 'b'], source: 'checkout', reason: 'Unreadable', olderThanMs: 7_200_000 },
    dryRun: true,
    rate: 0.5,
    connection: { namespace: 'n' },
  });
});

it('reads GUIDs in any case', () => {
  const cart = 'B4C8FDEA-CBE4-4D17-9576-13FCACBF9605';

  expect(readCommand(['list', '--cart', cart, '--tenant', cart]).filter).toMatchObject({
    cart: cart.toLowerCase(),
    tenant: cart.toLowerCase(),
  });
});

describe('refuses, with a sentence and the usage,', () => {
  it.each([
    [[], 'Say what to do.'],
    [['lst'], "There is no 'lst'."],
    [['show'], 'show takes one message id.'],
    [['show', 'a', 'b'], 'show takes one message id.'],
    [['list', 'a'], 'list takes no message id.'],
    [['list', '--colour', 'red'], "Unknown option '--colour'"],
    [['list', '--cart', '5'], '--cart must be a GUID'],
    [['list', '--older-than', '2h'], '--older-than must be an ISO 8601 duration'],
    [['replay', '--rate', '0'], '--rate must be a number'],
    [['replay', '--rate', 'fast'], '--rate must be a number'],
  ])('%j', (args, sentence) => {
    expect(() => readCommand(args)).toThrow(BadOption);
    expect(() => readCommand(args)).toThrow(sentence);
    expect(() => readCommand(args)).toThrow('Usage: npm run parked');
  });
});
