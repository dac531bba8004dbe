import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { TimerFunction } from '../../src/functionIndex.ts';
import type { Invoker } from '../../src/functionInvoker.ts';
import { createInFlight } from '../../src/inFlight.ts';
import { parseNcrontab } from '../../src/timer/ncrontab.ts';
import { startTimerListener } from '../../src/timer/timerListener.ts';
import { buildApp, cleanUp, eventually, type HostProcess, masterKey, startProcess } from '../fixture.ts';

const code = `
  const handler = (timer, context) => console.log(context.functionName + ' ' + JSON.stringify(timer));
  app.timer('hourly', { schedule: '0 0 * * * *', handler });
  app.timer('yearly', { schedule: '0 0 0 1 1 *', handler });
  app.timer('unmonitored', { schedule: '0 0 0 1 1 *', useMonitor: false, handler });
  app.timer('eager', { schedule: '0 0 0 1 1 *', runOnStartup: true, handler });
  app.timer('failing', { schedule: '0 0 * * * *', handler: () => { throw new Error('no sweep today'); } });
`;

afterAll(cleanUp);

function runsOf(name: string, lines: readonly string[]): Record<string, unknown>[] {
  return lines
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => JSON.parse(line.slice(name.length)));
}

async function runOnDemand(
  url: string,
  name: string,
  key = masterKey,
  body = '{"input":""}',
): Promise<number> {
  const headers = { 'x-functions-key': key, 'content-type': 'application/json' };
  return (await fetch(`${url}/admin/functions/${name}`, { method: 'POST', headers, body })).status;
}

/** A host that starts after missed runs, and the host that starts after it. */
let first: HostProcess;
let second: HostProcess;

beforeAll(async () => {
  const folders = await buildApp({ code });
  const status = {
    Last: '2020-01-01T10:00:00.000Z',
    Next: '2020-01-01T11:00:00.000Z',
    LastUpdated: '2020-01-01T10:00:00.000Z',
  };
  const fileOf = (name: string) => join(folders.dataFolder, 'timers', `${name}.json`);
  const hasRun = (name: string) => JSON.parse(readFileSync(fileOf(name), 'utf8')).Last > status.Last;
  mkdirSync(join(folders.dataFolder, 'timers'), { recursive: true });
  for (const name of ['hourly', 'failing']) writeFileSync(fileOf(name), JSON.stringify(status));

  first = await startProcess(folders);
  await eventually(() => hasRun('hourly') && hasRun('failing'));
  first.child.kill('SIGTERM');
  await first.exit;
  second = await startProcess(folders);
});

test('A missed run starts once at the start of the host, is recorded, and is not repeated when it fails', async () => {
  await eventually(() => runsOf('eager', second.stdout).length > 0);

  const schedule = { adjustForDST: true };
  const scheduleStatus = {
    last: '2020-01-01T10:00:00+00:00',
    next: '2020-01-01T11:00:00+00:00',
    lastUpdated: '2020-01-01T10:00:00+00:00',
  };
  expect(runsOf('hourly', first.stdout)).toEqual([{ schedule, scheduleStatus, isPastDue: true }]);
  expect(first.stderr).toContainEqual(expect.stringContaining("The function 'failing' failed"));
  expect(runsOf('hourly', second.stdout)).toEqual([]);
  expect(second.stderr).not.toContainEqual(expect.stringContaining("The function 'failing' failed"));
  expect(runsOf('eager', second.stdout)).toMatchObject([{ isPastDue: false }]);
});

test('A timer can be run on demand with the master key', async () => {
  expect(await runOnDemand(second.url, 'unmonitored', 'wrong')).toBe(401);
  expect(await runOnDemand(second.url, 'missing')).toBe(404);
  expect(await runOnDemand(second.url, 'unmonitored', masterKey, 'not JSON')).toBe(400);
  expect(await runOnDemand(second.url, 'UNMONITORED')).toBe(202);
  expect(await runOnDemand(second.url, 'yearly')).toBe(202);

  await eventually(
    () => runsOf('unmonitored', second.stdout).length === 1 && runsOf('yearly', second.stdout).length === 1,
  );
  expect(runsOf('unmonitored', second.stdout)).toEqual([
    { schedule: { adjustForDST: true }, scheduleStatus: null, isPastDue: false },
  ]);
  expect(runsOf('yearly', second.stdout)).toMatchObject([
    { scheduleStatus: { last: '0001-01-01T00:00:00+00:00' } },
  ]);
});

test('A timer has one run at a time, and a run that overlaps its successor is followed by another immediately', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-20T10:00:00.400Z') });
  const starts: string[] = [];
  let finish = (): void => {};
  const invoke: Invoker = async () => {
    starts.push(new Date().toISOString().slice(17, 23));
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { invocationId: '' };
  };
  const crontab = parseNcrontab('*/2 * * * * *');
  const timer = { name: 'slow', crontab, monitored: false, runOnStartup: false } as TimerFunction;

  const listener = await startTimerListener(timer, {
    dataFolder: '',
    invoke,
    inFlight: createInFlight(),
    log: () => {},
  });
  await vi.advanceTimersByTimeAsync(7000);
  finish();
  await vi.advanceTimersByTimeAsync(500);
  finish();
  await vi.advanceTimersByTimeAsync(2000);
  listener.stop();
  finish();
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();

  expect(starts).toEqual(['02.000', '07.400', '08.000']);
});
