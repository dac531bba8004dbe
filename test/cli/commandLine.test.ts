/** The options and values that scripts without subcommands read. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fromCaller, readFolder, readGuid, readOptions, readPort } from '../../cli/commandLine.ts';
import { BadOption } from '../../cli/refused.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('Options', () => {
  const read = (...args: string[]) =>
    readOptions(args, { port: { type: 'string' }, fresh: { type: 'boolean' } });

  it('Options are read by name', () => {
    expect({ ...read('--port', '5', '--fresh') }).toEqual({ port: '5', fresh: true });
  });

  it.each([
    [['--frsh'], "Unknown option '--frsh'."],
    [['--port'], '--port must have a value.'],
    [['--port', '--fresh'], '--port must have a value.'],
    [['--fresh=5'], '--fresh must not have a value.'],
    [['here'], 'Unexpected argument: here.'],
  ])('Invalid options are rejected with one sentence: %j', (args, sentence) => {
    expect(() => read(...args)).toThrow(new BadOption(sentence));
  });
});

describe('Values', () => {
  it('A port number is between 0 and 65535', () => {
    expect(readPort('--port', '65535')).toBe(65_535);
    for (const text of ['65536', '-1', '1.5', 'x', '']) {
      expect(() => readPort('--port', text)).toThrow(
        new BadOption(`--port must be a port number from 0 to 65535, not '${text}'.`),
      );
    }
  });

  it('A GUID is read in any letter case and with braces, and may be absent', () => {
    expect(readGuid('--id', '{D6BF25B7-E0A8-4F2D-A31B-97B55CFC774D}')).toBe(
      'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d',
    );
    expect(readGuid('--id', undefined)).toBeUndefined();
    expect(() => readGuid('--id', '5')).toThrow(new BadOption("--id must be a GUID, not '5'."));
  });

  it('A path is relative to the folder of the caller, even if npm runs the script in another folder', () => {
    vi.stubEnv('INIT_CWD', '/desk');

    expect([fromCaller('a.csv'), fromCaller('/b.csv')]).toEqual(['/desk/a.csv', '/b.csv']);
    expect([readFolder('--data', 'a'), readFolder('--data', undefined)]).toEqual(['/desk/a', undefined]);
  });

  it('A folder without a name is rejected: the folder of the caller is not meant', () => {
    expect(() => readFolder('--data', '')).toThrow(
      new BadOption("--data must be the path of a folder, not ''."),
    );
  });
});
