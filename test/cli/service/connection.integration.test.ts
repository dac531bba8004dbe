/** Which service a command works with, and how a command that continues it names the same one. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BadOption } from '../../../cli/refused.ts';
import { connect, connectionText } from '../../../cli/service/connection.ts';
import { Unreachable } from '../../../cli/service/errors.ts';

const ENVIRONMENT = { CARTWRIGHT_URL: 'https://environment.example', CARTWRIGHT_TOKEN: 'from-environment' };

/** The URL and the token of a connection. */
async function serviceOf(...[options, environment = {}]: Parameters<typeof connect>) {
  const { url, tokens } = await connect(options, environment);
  return { url, token: await tokens.read() };
}

describe('The service', () => {
  it.each([
    'https://carts.example',
    'https://carts.example/',
    'https://carts.example/v1',
    'https://carts.example//V1//',
  ])('is at the URL that --url names, without /v1: %s.', async (url) => {
    expect(await serviceOf({ url, token: 't' })).toEqual({ url: 'https://carts.example', token: 't' });
  });

  it('is the environment’s when the options name none.', async () => {
    expect(await serviceOf({}, ENVIRONMENT)).toEqual({
      url: 'https://environment.example',
      token: 'from-environment',
    });
  });

  it('is the one that the options name when the environment names another.', async () => {
    const options = { url: 'https://option.example', tokenCommand: 'echo from-command' };

    expect(await serviceOf(options, ENVIRONMENT)).toEqual({
      url: 'https://option.example',
      token: 'from-command',
    });
  });

  it('is the local stack of --data, whatever the environment names.', async () => {
    const nowhere = join(tmpdir(), 'no-stack-here');

    await expect(connect({ data: nowhere }, ENVIRONMENT)).rejects.toThrow(
      new Unreachable(
        `No local stack is running on ${nowhere}; npm start starts one. For another service, pass --url and a token.`,
      ),
    );
  });

  it.each([
    [{ url: 'https://x.example' }, '--url requires --token, --token-file or --token-command.'],
    [{ token: 't' }, 'A token requires --url.'],
    [{ url: 'carts', token: 't' }, "--url must be a URL such as https://carts.example, not 'carts'."],
    [
      { url: 'ftp://carts', token: 't' },
      "--url must be a URL such as https://carts.example, not 'ftp://carts'.",
    ],
  ])('must be named completely: %j.', async (options, sentence) => {
    await expect(connect(options, {})).rejects.toThrow(new BadOption(sentence));
  });
});

describe('A command that continues another', () => {
  it('names the same service, without a token, and quoted for a shell.', () => {
    const connection = { url: 'https://x.example', token: 'secret', tokenCommand: "print 'it'" };

    expect(connectionText(connection)).toBe(` --url https://x.example --token-command 'print '\\''it'\\'''`);
    expect(connectionText({})).toBe('');
  });
});
