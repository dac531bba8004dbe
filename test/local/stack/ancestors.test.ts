/** Which processes a stack ends with, from process lists as npm, shells and containers make them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import {
  isRunning,
  type Lookup,
  startTicks,
  waitingChain,
  wasLeftBehind,
} from '../../../local/stack/ancestors.ts';

/** Process 40 is the supervisor; each row is a pid, its parent and its command line. */
function processes(...rows: readonly [pid: number, parent: number, command: string][]): Lookup {
  const entries = new Map(rows.map(([pid, parent, command]) => [pid, { parent, command }]));
  return (pid) => entries.get(pid);
}

const node = 'node local/start.ts';

test('Under npm, the shell of the script and npm are watched, but not the shell that started npm', () => {
  const list = processes(
    [10, 1, '/bin/bash -c npm start & sleep 1'],
    [20, 10, 'npm start --port 0'],
    [30, 20, `sh -c ${node}`],
    [40, 30, node],
  );

  expect(waitingChain(40, list)).toEqual([40, 30, 20]);
});

test('An npm script that calls npm start is watched up to the first npm', () => {
  const list = processes(
    [10, 5, 'node /usr/lib/node_modules/npm/bin/npm-cli.js run site'],
    [15, 10, 'sh -c npm start'],
    [20, 15, 'npm start'],
    [30, 20, `/bin/dash -c ${node}`],
    [40, 30, node],
  );

  expect(waitingChain(40, list)).toEqual([40, 30, 20, 15, 10]);
});

test('A shell that replaced itself by node leaves npm as the parent', () => {
  const list = processes([10, 5, '-bash'], [20, 10, 'npm start'], [40, 20, node]);

  expect(waitingChain(40, list)).toEqual([40, 20]);
});

test('Without npm, the parent is watched', () => {
  const list = processes([10, 1, '-bash'], [20, 10, 'node manager.js'], [40, 20, node]);

  expect(waitingChain(40, list)).toEqual([40, 20]);
});

test('Process 1 is not watched, and as process 1 there is no parent', () => {
  expect(waitingChain(40, processes([1, 0, 'npm start'], [40, 1, node]))).toEqual([40]);
  expect(waitingChain(1, processes([1, 0, node]))).toEqual([1]);
});

test('A script of npm that process 1 has inherited has no npm, unless npm is process 1', () => {
  const script = { npm_lifecycle_event: 'start' };

  expect(wasLeftBehind(40, script, processes([1, 0, '/sbin/init'], [40, 1, node]))).toBe(true);
  expect(wasLeftBehind(40, script, processes([1, 0, 'npm start'], [40, 1, node]))).toBe(false);
  expect(wasLeftBehind(40, script, processes([30, 1, 'sh -c x'], [40, 30, node]))).toBe(false);
  expect(wasLeftBehind(40, {}, processes([1, 0, '/sbin/init'], [40, 1, node]))).toBe(false);
});

test('A process that has ended is not running and has no start time', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const pid = Number(child.pid);
  expect(isRunning(pid)).toBe(true);

  child.kill('SIGKILL');
  await once(child, 'exit');

  expect(isRunning(pid)).toBe(false);
  expect(startTicks(pid)).toBeUndefined();
});
