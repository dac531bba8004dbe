/** The command that an operator runs before naming a file in CATALOG_FILE. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cartwright } from '../processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SAMPLE = 'shared/catalog/sample.json';

/** A file with this text. */
function fileWith(text: string): string {
  const file = join(folder, 'wrong.json');
  writeFileSync(file, text);
  return file;
}

describe('The command cartwright catalog validate', async () => {
  it('A valid catalog is summarized in one line', async () => {
    expect(await cartwright('catalog', 'validate', SAMPLE)).toEqual({
      code: 0,
      out: `${SAMPLE} is a catalogue of 21 products, 3 of them add-ons, in US, CA, GB, DE, CH.\n`,
      err: '',
    });
  });

  it('Every problem of an invalid catalog is reported by its path', async () => {
    const product = { id: 'MS-AZR-1', titel: 'Azure', billingCycles: { monthly: ['1Month'] } };
    const file = fileWith(JSON.stringify({ markets: { US: ['USD'] }, products: [product] }));

    const { code, out, err } = await cartwright('catalog', 'validate', file);

    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.trimEnd().split('\n').sort()).toEqual([
      expect.stringMatching(/^ {2}products\[0\]\.billingCycles\.monthly\[0\]: /),
      expect.stringMatching(/^ {2}products\[0\]\.titel: /),
      expect.stringMatching(/^ {2}products\[0\]\.title: /),
      `${file} has 3 problems.`,
    ]);
  });

  it('A file that cannot be read or that is not JSON is reported without the messages of a library', async () => {
    const gone = await cartwright('catalog', 'validate', join(folder, 'gone.json'));
    const text = await cartwright('catalog', 'validate', fileWith('{"markets":'));

    expect(gone).toMatchObject({
      code: 1,
      err: expect.stringMatching(/ has 1 problem\.\n {2}cannot be read \(ENOENT\)\n$/),
    });
    expect(text).toMatchObject({
      code: 1,
      err: expect.stringMatching(/ has 1 problem\.\n {2}must be JSON\n$/),
    });
  });

  it('The command prints one document with --json', async () => {
    const valid = await cartwright('catalog', 'validate', SAMPLE, '--json');
    const invalid = await cartwright('catalog', 'validate', fileWith('5'), '--json');

    expect({ code: valid.code, ...JSON.parse(valid.out) }).toEqual({
      code: 0,
      file: SAMPLE,
      isValid: true,
      products: 21,
      addons: 3,
      markets: ['US', 'CA', 'GB', 'DE', 'CH'],
    });
    expect({ code: invalid.code, ...JSON.parse(invalid.out) }).toMatchObject({ code: 1, isValid: false });
  });

  it.each([
    ['without a command', [], 'Missing command: must be one of validate.'],
    ['without a file', ['validate'], 'FILE is required.'],
    ['with an unknown command', ['print', SAMPLE], "Unknown command 'print': must be one of validate."],
    ['with an unknown option', ['validate', '--all'], "Unknown option '--all'."],
    ['with two files', ['validate', 'a.json', 'b.json'], 'Unexpected argument: b.json.'],
  ])('The command is rejected %s', async (_, args, sentence) => {
    const { code, out, err } = await cartwright('catalog', ...args);

    expect({ code, out, sentence: err.split('\n')[0] }).toEqual({ code: 2, out: '', sentence });
  });
});
