/** The command line of `cartwright bulk`, and its errors. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BulkRequest, bulkCommand } from '../../../cli/bulk/command.ts';
import { BadOption } from '../../../cli/refused.ts';

const ID = 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605';
const connection = {
  url: undefined,
  token: undefined,
  tokenFile: undefined,
  tokenCommand: undefined,
  data: undefined,
};

/** The request in these arguments. */
async function read(...args: string[]): Promise<BulkRequest | undefined> {
  let request: BulkRequest | undefined;
  const command = bulkCommand(async (one) => {
    request = one;
  });
  await command.parseAsync(args, { from: 'user' });
  return request;
}

beforeEach(() => {
  vi.stubEnv('INIT_CWD', '/desk/orders');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('The command line of cartwright bulk', () => {
  it('A submission is read with all options', async () => {
    const words =
      'submit o.csv --reference March --stop-on-first-error --accept-valid --again x --changed --result r.csv --rejected b.csv --url u --token t --json';

    expect(await read(...words.split(' '))).toEqual({
      name: 'submit',
      file: 'o.csv',
      wanted: { reference: 'March', errorPolicy: 'stopOnFirstError', acceptValid: true, again: 'x' },
      result: 'r.csv',
      rejected: 'b.csv',
      isChangeAllowed: true,
      json: true,
      connection: { ...connection, url: 'u', token: 't' },
    });
  });

  it('A submission is read without options', async () => {
    expect(await read('submit', 'o.csv')).toMatchObject({
      wanted: {},
      result: 'o.csv.result.csv',
      isChangeAllowed: false,
      json: false,
    });
  });

  it('A submission with --again, which orders everything again, also orders changed content', async () => {
    expect(await read('submit', 'o.csv', '--again', 'May')).toMatchObject({ isChangeAllowed: true });
  });

  it('The id of a bulk order is read in any letter case and with braces', async () => {
    const id = `{${ID.toUpperCase()}}`;

    expect(await read('status', id)).toEqual({ name: 'status', id: ID, json: false, connection });
    expect(await read('cancel', id)).toEqual({ name: 'cancel', id: ID, json: false, connection });
    expect(await read('follow', id)).toMatchObject({ name: 'follow', id: ID, result: undefined });
    expect(await read('items', id, '--state', 'failed')).toMatchObject({ id: ID, state: 'failed' });
    expect(await read('retry', id)).toMatchObject({ states: ['failed'], result: undefined });
    expect(await read('retry', id, '--cancelled')).toMatchObject({ states: ['failed', 'cancelled'] });
    expect(await read('list')).toMatchObject({ name: 'list', most: 20 });
  });

  it.each([
    [[], 'Missing command: must be one of submit, status, follow, items, cancel, retry, list.'],
    [['send'], "Unknown command 'send': must be one of submit, status, "],
    [['submitt', 'a'], 'Did you mean submit?'],
    [['constructor'], "Unknown command 'constructor': must be one of submit, "],
    [['help', 'send'], "Unknown command 'send': must be one of submit, "],
    [['list', '--json=true'], '--json must not have a value.'],
    [['list', '--help=1'], '--help must not have a value.'],
    [['list', '--tokn=secret'], "Unknown option '--tokn'."],
    [['submit'], 'FILE is required.'],
    [['submit', 'a', 'b'], 'Unexpected argument: b.'],
    [['submit', 'a', '--agian', 'x'], "Unknown option '--agian'. Did you mean --again?"],
    [['submit', 'a', '--again'], '--again must have a value.'],
    [['submit', 'a', '--again', ' '], '--again must be a label of 1 to 128 characters.'],
    [['submit', 'a', '--reference', 'x'.repeat(129)], '--reference must have at most 128 characters.'],
    [
      ['submit', 'a', '--token', 'x', '--token-file', 'y'],
      '--token and --token-file must not be used together.',
    ],
    [['submit', 'a', '--data', 'd', '--url', 'u'], '--data and --url must not be used together.'],
    [['list', '--data', 'd', '--token', 'x'], '--data and --token must not be used together.'],
    [['list', '--data', 'd', '--token-file', 'x'], '--data and --token-file must not be used together.'],
    [
      ['list', '--data', 'd', '--token-command', 'x'],
      '--data and --token-command must not be used together.',
    ],
    [['status'], 'ID is required.'],
    [['cancel', '5'], "ID must be a GUID, not '5'."],
    [['cancel', ID, '--again', 'x'], "Unknown option '--again'."],
    [['items', ID, '--state', 'bad'], '--state must be one of waiting, running, succeeded, '],
    [['list', '--most', '0'], "--most must be a whole number from 1 to 1000, not '0'."],
    [['retry', ID, '--colour'], "Unknown option '--colour'"],
    [['submit', 'a.csv', '--result', 'a.csv'], '--result must be another file than FILE.'],
    [['submit', 'a.csv', '--result', './b/../a.csv'], '--result must be another file than FILE.'],
    [['submit', '/desk/orders/a.csv', '--result', 'a.csv'], '--result must be another file than FILE.'],
    [['submit', 'a.csv', '--rejected', 'a.csv'], '--rejected must be another file than FILE.'],
    [['submit', 'a.csv', '--rejected', 'a.csv.result.csv'], '--rejected must be another file than --result.'],
  ])('An invalid command line is rejected with one sentence: %j', async (args, sentence) => {
    const reading = read(...args);

    await expect(reading).rejects.toThrow(BadOption);
    await expect(reading).rejects.toThrow(sentence);
    await expect(reading).rejects.not.toThrow(/^error:/);
  });
});
