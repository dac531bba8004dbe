/** The command line of `cartwright parked`, and its errors. */
import { describe, expect, it } from 'vitest';
import { type ParkedRequest, parkedCommand } from '../../../cli/parked/command.ts';
import { BadOption } from '../../../cli/refused.ts';

/** The request in these arguments. */
async function read(...args: string[]): Promise<ParkedRequest | undefined> {
  let request: ParkedRequest | undefined;
  const command = parkedCommand(async (one) => {
    request = one;
  });
  await command.parseAsync(args, { from: 'user' });
  return request;
}

describe('The command line of cartwright parked', () => {
  it('A replay is read with all options', async () => {
    const words =
      'replay a b --source checkout --reason Unreadable --older-than PT2H --dry-run --rate 0.5 --namespace n --json';

    expect(await read(...words.split(' '))).toMatchObject({
      name: 'replay',
      filter: { ids: ['a', 'b'], source: 'checkout', reason: 'Unreadable', olderThanMs: 7_200_000 },
      isDryRun: true,
      rate: 0.5,
      json: true,
      connection: { namespace: 'n' },
    });
  });

  it('A replay without options applies to all messages', async () => {
    expect(await read('replay')).toMatchObject({ filter: { ids: [] }, isDryRun: false, rate: undefined });
  });

  it('GUIDs are read in any letter case', async () => {
    const cart = 'B4C8FDEA-CBE4-4D17-9576-13FCACBF9605';

    const request = await read('list', '--cart', cart, '--tenant', cart);

    expect(request?.filter).toMatchObject({ cart: cart.toLowerCase(), tenant: cart.toLowerCase() });
  });

  it.each([
    [[], 'Missing command: must be one of list, show, replay.'],
    [['lst'], "Unknown command 'lst': must be one of list, show, replay. Did you mean list?"],
    [['show'], 'ID is required.'],
    [['show', 'a', 'b'], 'Unexpected argument: b.'],
    [['list', 'a'], 'Unexpected argument: a.'],
    [['list', '--colour', 'red'], "Unknown option '--colour'."],
    [['list', '--cart', '5'], "--cart must be a GUID, not '5'."],
    [['list', '--older-than', '2h'], "--older-than must be an ISO 8601 duration such as PT2H, not '2h'."],
    [['replay', '--rate', '0'], "--rate must be a number above 0 and up to 1000, not '0'."],
    [['replay', '--rate', 'fast'], "--rate must be a number above 0 and up to 1000, not 'fast'."],
    [['list', '--namespace', 'n', '--connection-string', 'x'], 'must not be used together.'],
    [['list', '--data', 'd', '--namespace', 'n'], '--data and --namespace must not be used together.'],
    [
      ['list', '--data', 'd', '--connection-string', 'x'],
      '--data and --connection-string must not be used together.',
    ],
  ])('An invalid command line is rejected with one sentence: %j', async (args, sentence) => {
    await expect(read(...args)).rejects.toThrow(BadOption);
    await expect(read(...args)).rejects.toThrow(sentence);
  });
});
