/**
 * Set-up of the unit project: a test that opens a listening socket or starts a process fails, because unit tests
 * need neither. Name such a test `*.integration.test.ts`.
 */
import childProcess, { ChildProcess } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { Server } from 'node:net';

const refuse = (what: string) => () => {
  throw new Error(`A unit test must not ${what}: name the file *.integration.test.ts.`);
};

Server.prototype.listen = refuse('open a listening socket');
// `spawn`, `exec`, `execFile` and `fork` all start their process here.
Object.assign(ChildProcess.prototype, { spawn: refuse('start a process') });
for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const) {
  childProcess[name] = refuse('start a process');
}
syncBuiltinESMExports();
