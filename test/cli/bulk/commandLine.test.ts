/** What the order desk says, and what is told to one who says it wrong. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCommand } from '../../../cli/bulk/commandLine.ts';
import { BadOption } from '../../../cli/refused.ts';

const ID = 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605';
const connection = { url: undefined, token: undefined, data: undefined };

describe('reads', () => {
  it('a submission with every word that there is', () => {
    const words =
      'submit o.csv --reference March --stop-on-first-error --accept-valid --again x --result r.csv --url u --token t';

    expect(readCommand(words.split(' '))).toEqual({
      name: 'submit',
      file: 'o.csv',
      wanted: { reference: 'March', errorPolicy: 'stopOnFirstError', acceptValid: true, again: 'x' },
      result: 'r.csv',
      connection: { ...connection, url: 'u', token: 't' },
    });
  });

  it('a submission that says nothing more', () => {
    expect(readCommand(['submit', 'o.csv'])).toMatchObject({ wanted: {}, result: 'o.csv.result.csv' });
  });

  it('the other commands, the id in any case', () => {
    const id = ID.toUpperCase();

    expect(readCommand(['status', id])).toEqual({ name: 'status', id: ID, connection });
    expect(readCommand(['cancel', id])).toEqual({ name: 'cancel', id: ID, connection });
    expect(readCommand(['retry', id])).toMatchObject({ states: ['failed'], result: undefined });
    expect(readCommand(['retry', id, '--cancelled'])).toMatchObject({ states: ['failed', 'cancelled'] });
  });
});

beforeEach(() => {
  vi.stubEnv('INIT_CWD', '/desk/orders');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('refuses, with a sentence and the usage,', () => {
  it.each([
    [[], 'Say what to do.'],
    [['send'], "There is no 'send'."],
    [['constructor'], "There is no 'constructor'."],
    [['submit'], 'submit takes one file.'],
    [['submit', 'a', 'b'], 'submit takes one file.'],
    [['status'], 'status takes one id of a bulk order.'],
    [['cancel', '5'], "The id must be a GUID, not '5'."],
    [['cancel', ID, '--again', 'x'], 'cancel has no option --again.'],
    [['retry', ID, '--colour'], "Unknown option '--colour'"],
    [['submit', 'a.csv', '--result', 'a.csv'], '--result must be another file'],
    [['submit', 'a.csv', '--result', './b/../a.csv'], '--result must be another file'],
    [['submit', '/desk/orders/a.csv', '--result', 'a.csv'], '--result must be another file'],
  ])('%j', (args, sentence) => {
    expect(() => readCommand(args)).toThrow(BadOption);
    expect(() => readCommand(args)).toThrow(sentence);
    expect(() => readCommand(args)).toThrow('Usage: npm run bulk -- submit FILE');
  });
});
