/** The exit code of a command, from its arguments. */
import { describe, expect, it } from 'vitest';
import { CliCommand } from '../../cli/command.ts';
import { BadFile, Refused, Unwritten } from '../../cli/refused.ts';
import { exitCodeOf, type Program } from '../../cli/run.ts';

type Act = (ends: (code: number) => void) => void | Promise<void>;

/** Runs a program whose command performs `act`, with a standard output that fails with `failure`. */
async function run(act: Act, { args = ['do'], failure = undefined as object | undefined } = {}) {
  const outputs = { out: [] as string[], err: [] as string[] };
  const output = (lines: string[], error?: object) => ({
    line: (text: string) => void lines.push(text),
    failure: async () => error as NodeJS.ErrnoException | undefined,
  });
  const program: Program = (_, ends) =>
    new CliCommand('x', 'Does it.').addCommand(new CliCommand('do', 'Do it.').action(() => act(ends)));
  const code = await exitCodeOf(program, args, {
    out: output(outputs.out, failure),
    err: output(outputs.err),
  });
  return { code, ...outputs };
}

describe('Exit codes', () => {
  it('The exit code is 0 when the command ends normally', async () => {
    expect(await run(() => undefined)).toEqual({ code: 0, out: [], err: [] });
  });

  it('The exit code is the one that the command sets', async () => {
    expect(await run((ends) => ends(1))).toMatchObject({ code: 1 });
  });

  it('The exit code is 0 after help, which is printed to standard output', async () => {
    const { code, out, err } = await run(() => undefined, { args: ['do', '--help'] });

    expect({ code, err }).toEqual({ code: 0, err: [] });
    expect(out[0]).toContain('Usage: x do');
  });

  it.each([
    [new Refused('No stack.'), 1],
    [new BadFile('No file.'), 2],
    [new Unwritten('No disk.'), 4],
  ])('The exit code is that of the error, whose sentence is printed: %s', async (error, code) => {
    expect(await run(() => Promise.reject(error))).toEqual({ code, out: [], err: [error.message] });
  });

  it('A sentence about a file or a service is printed without its escape sequences', async () => {
    const { err } = await run(() => Promise.reject(new BadFile("not '\u001b[31mred\u0007'\n  second line")));

    expect(err).toEqual(["not 'red\\u0007'\n  second line"]);
  });

  it('The exit code is 70 after an unexpected error, whose stack trace is printed', async () => {
    const { code, err } = await run(() => Promise.reject(new TypeError('x is undefined')));

    expect(code).toBe(70);
    expect(err[0]).toMatch(/^TypeError: x is undefined\n +at /);
  });

  it('The exit code is 4 when standard output cannot be written, and a full disk is reported', async () => {
    const full = await run(() => undefined, { failure: { code: 'ENOSPC' } });
    const closed = await run(() => undefined, { failure: { code: 'EPIPE' } });

    expect(full).toMatchObject({ code: 4, err: ['Standard output cannot be written (ENOSPC).'] });
    expect(closed).toMatchObject({ code: 4, err: [] });
  });

  it('The exit code is that of a failed command even if standard output cannot be written', async () => {
    expect(await run((ends) => ends(3), { failure: { code: 'EPIPE' } })).toMatchObject({
      code: 3,
    });
  });
});
