/** The sources of a bearer token, and the accepted formats. */
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { commandToken, fileToken, fixedToken } from '../../../cli/service/tokens.ts';
import { fileWith } from '../bulk/files.ts';

describe('Tokens', () => {
  it.each([
    ['alone', 'abc.def.ghi'],
    ['with blanks and a line break around it', '  abc.def.ghi\n'],
    ['after Bearer', 'Bearer abc.def.ghi'],
    ['in the output of az account get-access-token', '{"accessToken":"abc.def.ghi","expiresOn":"…"}'],
    ['in the response of an OAuth endpoint', '{ "access_token": "abc.def.ghi" }'],
  ])('A token is read %s', async (_, text) => {
    expect(await fixedToken(text).read()).toBe('abc.def.ghi');
  });

  it.each(['', 'two words', 'naïve', '{"token":1}', '{'])(
    'A text that is not a bearer token is rejected: %j',
    async (text) => {
      await expect(fixedToken(text).read()).rejects.toThrow('--token must be a bearer token.');
    },
  );
});

describe('Token files', () => {
  it('A token file is read each time, so that another process can renew the token', async () => {
    const path = await fileWith('first\n', 'token.txt');
    const source = fileToken(path);

    const first = await source.read();
    await writeFile(path, 'second');

    expect({ first, second: await source.read() }).toEqual({ first: 'first', second: 'second' });
  });

  it('A token file that cannot be read is reported with its path', async () => {
    await expect(fileToken('/gone/token').read()).rejects.toThrow(
      'The token file /gone/token cannot be read (ENOENT).',
    );
  });
});

describe('Token commands', () => {
  it('A token command is run each time, and its output is the token', async () => {
    const path = await fileWith('', 'count.txt');
    const source = commandToken(`echo x >> '${path}'; wc -l < '${path}' | tr -d ' '`);

    expect([await source.read(), await source.read()]).toEqual(['1', '2']);
  });

  it('A token command that fails is reported with its exit code and its output', async () => {
    await expect(commandToken('echo not signed in >&2; exit 3').read()).rejects.toThrow(
      'The token command failed (exit code 3: not signed in).',
    );
  });
});
