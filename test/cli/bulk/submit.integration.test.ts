/** Submitting an edited order file again: what is ordered, what is skipped, and when the command stops. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BadFile } from '../../../cli/refused.ts';
import { row, setUp } from './submitting.ts';

describe('Submissions of an edited file', () => {
  it('A submission skips items that were ordered before, and prints their number, the time and how to order them again', async () => {
    const { run, write, statesInResult, file, service } = await setUp(row('r1'), row('r2'));
    await run();
    await write(row('r3'), row('r2'), row('r1'));

    const { code, printed } = await run();

    expect(code).toBe(0);
    expect(printed[0]).toMatch(/ is completed\. 3 items: 1 succeeded, 2 already ordered\.$/);
    expect(printed[1]).toBe(
      `Skipped: 2 items were already ordered on 2026-11-28 14:02 UTC. To order them again: npx cartwright bulk submit ${file} --again LABEL --url ${service.url}`,
    );
    expect(await statesInResult()).toEqual({ r3: 'succeeded', r2: 'alreadyOrdered', r1: 'alreadyOrdered' });
    expect(service.submitted.map(({ repeats, label }) => ({ repeats, label }))).toEqual([
      { repeats: 'skip' },
      { repeats: 'skip' },
    ]);
  });

  it('The command that orders skipped items again names the service, the files and the options of this one', async () => {
    const { run, write, folder, service, file } = await setUp(row('r1'));
    const files = { result: join(folder, 'r 1.csv'), rejected: join(folder, 'b.csv') };
    await run(files);
    await write(row('r1'), row('r2', 'two'));

    const { printed } = await run({ ...files, wanted: { acceptValid: true, reference: 'March' } });

    expect(printed[1]).toMatch(
      new RegExp(
        ` bulk submit ${file} --again LABEL --accept-valid --reference March --rejected ${files.rejected} --result '${files.result}' --url ${service.url}$`,
      ),
    );
  });

  it('A submission keeps a copy of the earlier result file', async () => {
    const { run, write, files } = await setUp(row('r1'));
    await run();
    await write(row('r1'), row('r2'));

    const { printed } = await run();

    const copies = (await files()).filter((name) => /^orders\.csv\.result\.\d.*Z\.csv$/.test(name));
    expect(copies).toHaveLength(1);
    expect(printed.at(-1)).toContain(copies[0]);
  });

  it('A submission of an unchanged file makes no copies, and prints that nothing is ordered', async () => {
    const { run, files } = await setUp(row('r1'));
    await run();

    const { code, said } = await run();

    expect(code).toBe(0);
    expect(said[0]).toContain(
      '1 item. Submitted before, and ended on 2026-11-28 14:02 UTC: nothing is ordered again. To order it again, pass --again LABEL.',
    );
    expect(await files()).toEqual(['orders.csv', 'orders.csv.result.csv']);
  });

  it('A submission stops before anything is ordered when the content of an ordered reference has changed', async () => {
    const { run, write, file, references, statesInResult } = await setUp(row('r1'), row('r2'));
    await run();
    await write(row('r1'), row('r2', 20), row('r3'));

    const submitted = run();

    await expect(submitted).rejects.toThrow(BadFile);
    await expect(submitted).rejects.toThrow(
      `\n  line 3, column reference: 'r2' was ordered with other content, as ${file}.result.csv shows`,
    );
    await expect(submitted).rejects.toThrow(/pass --changed.* pass --again LABEL/);
    expect(references()).toEqual([['r1', 'r2']]);
    expect(await statesInResult()).toEqual({ r1: 'succeeded', r2: 'succeeded' });
  });

  it('A submission also stops when a copy of an older result file shows the changed reference as ordered', async () => {
    const { run, write } = await setUp(row('r1'));
    await run();
    await write(row('r2'));
    await run();
    await write(row('r1', 20));

    await expect(run()).rejects.toThrow(
      /'r1' was ordered with other content, as .*orders\.csv\.result\.\d.*Z\.csv shows/,
    );
  });

  it('A submission also stops on changed content when the result file is in another folder', async () => {
    const { run, write, folder } = await setUp(row('r1'));
    const result = join(folder, 'elsewhere.csv');
    await run({ result });
    await write(row('r1', 20));

    await expect(run({ result })).rejects.toThrow(`as ${result} shows`);
  });

  it('A submission orders changed content when --changed or --again is given', async () => {
    const { run, write, references } = await setUp(row('r1'));
    await run();
    await write(row('r1', 20));

    const { code } = await run({ isChangeAllowed: true });

    expect(code).toBe(0);
    expect(references()).toEqual([['r1'], ['r1']]);
  });

  it('A submission orders changed content of a reference that was not ordered', async () => {
    const { run, write, service, references } = await setUp(row('r1'));
    service.failing.add('r1');
    await run();
    service.failing.clear();
    await write(row('r1', 20));

    expect((await run()).code).toBe(0);
    expect(references()).toEqual([['r1'], ['r1']]);
  });

  it('A submission stops on changed content of a reference that a retry has ordered since', async () => {
    const { run, write, service, references } = await setUp(row('r1'));
    service.failing.add('r1');
    await run();
    service.retryAll();
    await write(row('r1', 20));

    await expect(run()).rejects.toThrow(`'r1' was ordered with other content`);
    expect(references()).toEqual([['r1']]);
  });

  it('A submission orders changed content when the service no longer has the bulk order that failed', async () => {
    const { run, write, service, references } = await setUp(row('r1'));
    service.failing.add('r1');
    await run();
    service.failing.clear();
    await write(row('r1', 20));
    const gone = { status: 404, body: JSON.stringify({ code: '810001', description: 'None.' }) };
    service.intercept = (request) => {
      if (!request.includes('/items')) return undefined;
      service.intercept = undefined;
      return gone;
    };

    expect((await run()).code).toBe(0);
    expect(references()).toEqual([['r1'], ['r1']]);
  });

  it('A submission orders everything again under a label, once per label', async () => {
    const { run, service } = await setUp(row('r1'));
    await run();
    const again = { wanted: { again: 'May' }, isChangeAllowed: true };

    const [first, second] = [await run(again), await run(again)];

    expect(first.printed[0]).toContain('1 item: 1 succeeded.');
    expect(second.said[0]).toContain('nothing is ordered again');
    expect(service.submitted.map(({ label }) => label)).toEqual([undefined, 'May']);
  });
});
