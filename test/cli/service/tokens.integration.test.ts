/** Where a bearer token comes from, and what is accepted as one. */
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { commandToken, fileToken, fixedToken } from '../../../cli/service/tokens.ts';
import { fileWith } from '../bulk/files.ts';

describe('A token', () => {
  it.each([
    ['alone', 'abc.def.ghi'],
    ['with blanks and a line break around it', '  abc.def.ghi\n'],
    ['after Bearer', 'Bearer abc.def.ghi'],
    ['in the output of az account get-access-token', '{"accessToken":"abc.def.ghi","expiresOn":"…"}'],
    ['in the response of an OAuth endpoint', '{ "access_token": "abc.def.ghi" }'],
  ])('is read %s.', async (_, text) => {
    expect(await fixedToken(text).read()).toBe('abc.def.ghi');
  });

  it.each(['', 'two words', 'naïve', '{"token":1}', '{'])('must be a bearer token: %j.', async (text) => {
    await expect(fixedToken(text).read()).rejects.toThrow('--token must be a bearer token.');
  });
});

describe('A token file', () => {
  it('is read each time, so that another process can renew the token.', async () => {
    const path = await fileWith('first\n', 'token.txt');
    const source = fileToken(path);

    const first = await source.read();
    await writeFile(path, 'second');

    expect([first, await source.read()]).toEqual(['first', 'second']);
  });

  it('that cannot be read is named.', async () => {
    await expect(fileToken('/gone/token').read()).rejects.toThrow(
      'The token file /gone/token cannot be read (ENOENT).',
    );
  });
});

describe('A token command', () => {
  it('is run each time, and its output is the token.', async () => {
    const path = await fileWith('', 'count.txt');
    const source = commandToken(`echo x >> '${path}'; wc -l < '${path}' | tr -d ' '`);

    expect([await source.read(), await source.read()]).toEqual(['1', '2']);
  });

  it('that fails is named by its exit code and what it printed.', async () => {
    await expect(commandToken('echo not signed in >&2; exit 3').read()).rejects.toThrow(
      'The token command failed (exit code 3: not signed in).',
    );
  });
});
