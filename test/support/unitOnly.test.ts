import { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';

it.each([
  ['a TCP server', () => createServer().listen(0)],
  ['an HTTP server', () => createHttpServer().listen(0)],
])('A unit test cannot open a listening socket: %s', (_, open) => {
  expect(open).toThrow('A unit test must not open a listening socket');
});

it.each([
  ['spawn', () => spawn(process.execPath, ['--version'])],
  ['exec', () => exec('true')],
  ['execFile', () => execFile(process.execPath, ['--version'])],
  ['fork', () => fork(import.meta.filename)],
  ['spawnSync', () => spawnSync(process.execPath, ['--version'])],
  ['execSync', () => execSync('true')],
  ['execFileSync', () => execFileSync(process.execPath, ['--version'])],
])('A unit test cannot start a process: %s', (_, start) => {
  expect(start).toThrow('A unit test must not start a process');
});
