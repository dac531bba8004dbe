/** Output, its failures, colors, and text that a terminal must not interpret. */
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { outputTo, painter, printable, showsColors } from '../../cli/terminal.ts';

/** A stream whose writes have these results in order, and succeed afterwards. */
function stream(...results: (Error | null)[]) {
  const written: string[] = [];
  const writable = new Writable({
    write(chunk, _encoding, done) {
      const error = results.shift() ?? null;
      if (!error) written.push(String(chunk));
      done(error);
    },
  });
  return { writable, written };
}

describe('Output', () => {
  it('Output is written line by line', async () => {
    const { writable, written } = stream();
    const output = outputTo(writable as never);

    output.line('one');
    output.line('two');

    expect(await output.failure()).toBeUndefined();
    expect(written).toEqual(['one\n', 'two\n']);
  });

  it('Output keeps the first error and does not throw it', async () => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    const output = outputTo(stream(full).writable as never);

    output.line('one');
    output.line('two');

    expect(await output.failure()).toBe(full);
  });
});

describe('Colors', () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { TERM: 'xterm-256color' }, true],
    [{ isTTY: false }, {}, false],
    [{}, { FORCE_COLOR: '1' }, false],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{ isTTY: true }, { NO_COLOR: '' }, true],
    [{ isTTY: true }, { TERM: 'dumb' }, false],
  ])('A terminal %j with the environment %j shows colors: %s', (terminal, environment, expected) => {
    expect(showsColors(terminal, environment)).toBe(expected);
  });

  it('Colors are added to text only if they are shown', () => {
    expect(painter(true)('green', 'ok')).toBe('\u001b[32mok\u001b[39m');
    expect(painter(false)('green', 'ok')).toBe('ok');
  });
});

it('Printable text has no escape sequences, and its other control characters are escaped', () => {
  expect(printable('a\u001b[31mb\u001b[0m\tc\nd\u0007e\u009b\rf')).toBe('ab\tc\nd\\u0007e\\u009b\\u000df');
  expect(printable('Zürich 😀')).toBe('Zürich 😀');
});
