/** Submissions with invalid or failed items, and submissions whose outcome is unknown. */
import { readFileSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BadFile, BadOption, Unwritten } from '../../../cli/refused.ts';
import { OutcomeUnknown, Unreachable } from '../../../cli/service/errors.ts';
import { HEADER, row, setUp } from './submitting.ts';

const QUICK = { initialIntervalMs: 1, maximumIntervalMs: 1, maximumAttempts: 3, scheduleToCloseMs: 10_000 };

describe('Files with invalid items', () => {
  it('A submission with invalid items orders nothing, and reports each item with its line', async () => {
    const { run, references, file } = await setUp(row('r1'), row('r2', 'two'));

    await expect(run()).rejects.toThrow(
      new BadFile(
        `${file} has invalid items; nothing was ordered. Correct them, or pass --accept-valid to order the other items.\n  line 3, column quantity: must be a whole number in digits only, such as 1000, not 'two'`,
      ),
    );
    expect(references()).toEqual([]);
  });

  it('A submission with --accept-valid orders the valid items, and writes the others to --rejected for correction', async () => {
    const { run, folder, references, statesInResult } = await setUp(
      row('r1'),
      row('r2', 'two'),
      row('r2'),
      row('r3'),
    );
    const rejected = join(folder, 'rejected.csv');

    const { code, printed } = await run({ wanted: { acceptValid: true }, rejected });
    const text = await readFile(rejected, 'utf8');
    await writeFile(rejected, text.replace('two', '2'));
    const corrected = await run({ file: rejected, result: `${rejected}.result.csv` });

    expect({ first: code, corrected: corrected.code }).toEqual({ first: 1, corrected: 0 });
    expect(printed).toContain('Rejected: 1 item, not ordered.');
    expect(text).toBe([HEADER, row('r2', 'two'), row('r2'), ''].join('\n'));
    expect(await statesInResult()).toEqual({ r1: 'succeeded', r2: 'rejected', r3: 'succeeded' });
    expect(references()).toEqual([['r1', 'r3'], ['r2']]);
  });

  it('A corrected file that is submitted again orders only the remaining items', async () => {
    const { run, write, statesInResult } = await setUp(row('r1'), row('r2', 'two'));
    await run({ wanted: { acceptValid: true } });
    await write(row('r1'), row('r2', 2));

    const { code } = await run();

    expect(code).toBe(0);
    expect(await statesInResult()).toEqual({ r1: 'alreadyOrdered', r2: 'succeeded' });
  });

  it('Items that only the service rejects are written to --rejected as well', async () => {
    const { run, folder, service } = await setUp(row('r1'), row('r2'), row('r3', 'two'));
    const rejected = join(folder, 'rejected.csv');
    service.rejecting.add('r1');

    const { code } = await run({ wanted: { acceptValid: true }, rejected });

    expect(code).toBe(1);
    expect(await readFile(rejected, 'utf8')).toBe([HEADER, row('r1'), row('r3', 'two'), ''].join('\n'));
  });

  it('A --rejected file that was corrected meanwhile is copied before it is overwritten', async () => {
    const { run, folder, files } = await setUp(row('r1'), row('r2', 'two'));
    const rejected = join(folder, 'rejected.csv');
    const request = { wanted: { acceptValid: true }, rejected } as const;
    await run(request);
    await writeFile(rejected, 'corrected');

    const { said } = await run(request);

    const copy = (await files()).find((name) => /^rejected\.\d.*Z\.csv$/.test(name)) ?? '';
    expect(await readFile(join(folder, copy), 'utf8')).toBe('corrected');
    expect(said[0]).toContain(copy);
  });

  it('A --rejected file must have the extension of the order file', async () => {
    const { run, folder } = await setUp(row('r1', 'x'));

    await expect(run({ rejected: join(folder, 'rejected.json') })).rejects.toThrow(BadOption);
  });
});

describe('Incomplete submissions', () => {
  it('A submission with failed items recommends a retry, on the same service and with the same result file', async () => {
    const { run, service, file } = await setUp(row('r1'), row('r2'));
    service.failing.add('r2');

    const { code, printed } = await run();

    expect(code).toBe(1);
    expect(printed.join('\n')).toMatch(
      new RegExp(
        `^To retry the failed items: npx cartwright bulk retry \\S+ --result ${file}\\.result\\.csv --url ${service.url}$`,
        'm',
      ),
    );
    expect(printed.join('\n')).not.toContain('--again');
  });

  it('A submission whose token expires prints that the bulk order continues, and how to follow it', async () => {
    const { run, service, file, result } = await setUp(row('r1'));
    service.runningFor = 1;
    service.intercept = (request) =>
      request.startsWith('GET')
        ? { status: 401, body: '{"code":"400","description":"Expired."}' }
        : undefined;

    const submitted = run();

    await expect(submitted).rejects.toThrow(OutcomeUnknown);
    await expect(submitted).rejects.toThrow(
      new RegExp(
        `\\(401, code 400\\): Expired\\.\\nBulk order (\\S+) continues on the service\\. Follow it: npx cartwright bulk follow \\1 --result ${file}\\.result\\.csv --url`,
      ),
    );
    expect(await result()).toMatchObject([
      { reference: 'r1', state: 'submitted', bulkOrderId: expect.stringMatching(/-/) },
    ]);
  });

  it('A submission whose token expires after the bulk order has ended prints how to see the outcome', async () => {
    const { run, service } = await setUp(row('r1'));
    service.runningFor = 1;
    service.intercept = (request) =>
      request.includes('/items')
        ? { status: 401, body: '{"code":"400","description":"Expired."}' }
        : undefined;

    await expect(run()).rejects.toThrow(
      /Expired\.\nBulk order (\S+) has ended\. See its outcome: npx cartwright bulk follow \1 /,
    );
  });

  it('A submission that loses the service leaves a result file of the items that may have been accepted', async () => {
    const { run, service, result } = await setUp(row('r1'));
    service.intercept = () => ({ status: 0, body: '' });

    await expect(run({}, { retryPolicy: QUICK })).rejects.toThrow(Unreachable);
    expect(await result()).toMatchObject([{ reference: 'r1', state: 'submitted', bulkOrderId: '' }]);
  });

  it('A submission whose token expires after an answer was lost leaves a result file of its items', async () => {
    const { run, service, result } = await setUp(row('r1'));
    let attempts = 0;
    service.intercept = () =>
      attempts++ === 0
        ? { status: 0, body: '' }
        : { status: 401, body: '{"code":"400","description":"Expired."}' };

    const submitted = run({}, { retryPolicy: QUICK });

    await expect(submitted).rejects.toThrow(Unreachable);
    await expect(submitted).rejects.toThrow(
      /Expired\.\nAn earlier attempt of the request may have been accepted\./,
    );
    expect(await result()).toMatchObject([{ reference: 'r1', state: 'submitted', bulkOrderId: '' }]);
  });

  it('A submission recognizes a changed row of an earlier submission without an outcome', async () => {
    const { run, service, write } = await setUp(row('r1'));
    service.runningFor = 1;
    service.intercept = (request) =>
      request.startsWith('GET')
        ? { status: 401, body: '{"code":"400","description":"Expired."}' }
        : undefined;
    await run().catch(() => undefined);
    await write(row('r1', 20));

    await expect(run()).rejects.toThrow("'r1' was ordered with other content");
  });

  it('Nothing is submitted when the result file cannot be written', async () => {
    const { run, folder, references } = await setUp(row('r1'));

    await expect(run({ result: join(folder, 'gone', 'r.csv') })).rejects.toThrow(
      'cannot be written (ENOENT).',
    );
    expect(references()).toEqual([]);
  });

  it.each(['result', 'rejected'] as const)('Nothing is submitted when --%s is a folder', async (option) => {
    const { run, folder, references } = await setUp(row('r1'));
    const path = join(folder, 'folder.csv');
    await mkdir(path);

    await expect(run({ [option]: path })).rejects.toThrow(`${path} cannot be written (EISDIR).`);
    expect(references()).toEqual([]);
  });

  it('A submission whose result file can no longer be written prints how to see the outcome', async () => {
    const { run, service, folder } = await setUp(row('r1'));
    const result = join(folder, 'results', 'r.csv');
    await mkdir(join(folder, 'results'));
    service.runningFor = 1;
    service.intercept = (request) => {
      if (request.includes('/items')) rmSync(join(folder, 'results'), { recursive: true });
      return undefined;
    };

    const submitted = run({ result });

    await expect(submitted).rejects.toThrow(Unwritten);
    await expect(submitted).rejects.toThrow(
      /r\.csv cannot be written \(ENOENT\)\.\nBulk order (\S+) has ended\. See its outcome: npx cartwright bulk follow \1 /,
    );
  });

  it('A submission that is interrupted while the service may accept it leaves a result file of its items', async () => {
    const { run, service, file, interrupt, statesInResult } = await setUp(row('r1'));
    let written = '';
    service.intercept = (request) => {
      if (request.startsWith('POST')) interrupt();
      if (request.startsWith('POST')) written = readFileSync(`${file}.result.csv`, 'utf8');
      return undefined;
    };

    await run();

    expect(written).toMatch(/^0,r1,[^,]+,,submitted,,,,,,c[0-9a-f]{20}$/m);
    expect(await statesInResult()).toEqual({ r1: 'succeeded' });
  });

  it('Nothing is submitted when the file has no items', async () => {
    const { run, file } = await setUp();

    await expect(run()).rejects.toThrow(`${file} must have at least one item.`);
  });
});

it('With --json, a submission prints one document with its bulk orders, its items and its files', async () => {
  const { run, file } = await setUp(row('r1'), row('r2', 'two'));

  const { printed } = await run({ wanted: { acceptValid: true } }, { json: true });

  expect(printed).toHaveLength(1);
  expect(JSON.parse(printed[0] ?? '')).toMatchObject({
    bulkOrders: [{ state: 'completed', counts: { succeeded: 1 } }],
    items: [
      { index: '0', reference: 'r1', state: 'succeeded', orders: 'o1' },
      { index: '1', reference: 'r2', state: 'rejected' },
    ],
    skipped: 0,
    rejected: [{ index: 1, problems: [expect.stringContaining('line 3, column quantity')] }],
    result: `${file}.result.csv`,
  });
});
