/** The service that a command works with, and how a suggested command names the same one. */
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

describe('The service of a command', () => {
  it.each([
    'https://carts.example',
    'https://carts.example/',
    'https://carts.example/v1',
    'https://carts.example//V1//',
  ])('The service is at the URL of --url, without /v1: %s', async (url) => {
    expect(await serviceOf({ url, token: 't' })).toEqual({ url: 'https://carts.example', token: 't' });
  });

  it('The service of the environment is used when the options name none', async () => {
    expect(await serviceOf({}, ENVIRONMENT)).toEqual({
      url: 'https://environment.example',
      token: 'from-environment',
    });
  });

  it('The service of the options takes precedence over that of the environment', async () => {
    const options = { url: 'https://option.example', tokenCommand: 'echo from-command' };

    expect(await serviceOf(options, ENVIRONMENT)).toEqual({
      url: 'https://option.example',
      token: 'from-command',
    });
  });

  it('The local stack of --data takes precedence over the service of the environment', async () => {
    const emptyFolder = join(tmpdir(), 'no-stack-here');

    await expect(connect({ data: emptyFolder }, ENVIRONMENT)).rejects.toThrow(
      new Unreachable(
        `No local stack is running on ${emptyFolder}; npm start starts one. For another service, pass --url and a token.`,
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
  ])('An incomplete or invalid service is rejected: %j', async (options, sentence) => {
    await expect(connect(options, {})).rejects.toThrow(new BadOption(sentence));
  });
});

describe('Suggested commands', () => {
  it('A suggested command names the same service, without the token, quoted for a shell', () => {
    const connection = { url: 'https://x.example', token: 'secret', tokenCommand: "print 'it'" };

    expect(connectionText(connection)).toBe(` --url https://x.example --token-command 'print '\\''it'\\'''`);
    expect(connectionText({})).toBe('');
  });
});
