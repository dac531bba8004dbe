import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { buildApp, cleanUp, eventually, type HostProcess, startApp, startProcess } from './fixture.ts';

const code = `
  let release = () => {};
  app.http('hang', { route: 'hang', handler: async (_, context) => {
    context.log('hanging');
    await new Promise((resolve) => { release = () => resolve(undefined); });
    return { body: 'let go' };
  } });
  app.http('release', { route: 'release', handler: () => { release(); return { body: 'done' }; } });
  app.hook.appStart((context) => { console.log('app starts'); });
  app.hook.appTerminate(() => { console.log('app ends'); });
  app.hook.preInvocation((context) => { context.hookData.begun = context.invocationContext.functionName; });
  app.hook.postInvocation((context) => { console.log('after', context.hookData.begun); });
`;
const releaseOnTerm = "process.on('SIGTERM', () => setTimeout(() => release(), 50));";

afterAll(cleanUp);

/**
 * Sends requests that arrive together: the host is stopped until all of them wait in its sockets. However slow the
 * machine is, no time passes in the host between the first and the last.
 */
async function getTogether(host: HostProcess, ...paths: string[]): Promise<[status: number, body: string][]> {
  host.child.kill('SIGSTOP');
  const requests = paths.map((path) => get(`${host.url}${path}`));
  const answers = requests.map(async (request): Promise<[number, string]> => {
    const [response] = await once(request, 'response');
    return [response.statusCode, await text(response)];
  });
  const sent = Promise.all(requests.map((request) => once(request, 'finish')));
  const [received] = await Promise.all([Promise.all(answers), sent.then(() => host.child.kill('SIGCONT'))]);
  return received;
}

test('A function timeout fails the invocation and ends the worker with all its other invocations', async () => {
  const host = await startApp({ code, hostJson: { functionTimeout: '00:00:01' } });

  const answers = await getTogether(host, '/hang', '/hang');

  expect(answers).toEqual([
    [500, ''],
    [500, ''],
  ]);
  expect((await host.exit).code).toBe(1);
  expect(host.stdout.filter((line) => line === 'hanging')).toHaveLength(2);
  expect(host.stderr).toContainEqual(
    expect.stringMatching(/^Timeout value of 1 s was exceeded by function 'hang'/),
  );
  expect(host.stdout).not.toContain('app ends');
});

test('The host keeps running when stdin closes without --stop-on-stdin-close, and on SIGTERM finishes work in flight, accepts no new work and runs the terminate hooks', async () => {
  const host = await startApp({ code: code + releaseOnTerm });
  host.child.stdin?.end();
  // Two requests, one after the other: the host has read the end of stdin before the second arrives.
  await (await fetch(`${host.url}/release`)).text();
  const running = fetch(`${host.url}/hang`);
  await eventually(() => host.stdout.includes('hanging'));

  host.child.kill('SIGTERM');
  const answer = await running;

  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe('let go');
  expect((await host.exit).code).toBe(0);
  expect(host.stdout).toEqual(['app starts', 'after release', 'hanging', 'after hang', 'app ends']);
  await expect(fetch(`${host.url}/release`)).rejects.toThrow();
});

test.concurrent.each([
  ['on SIGTERM', (host: HostProcess) => host.child.kill('SIGTERM')],
  ['on SIGINT', (host: HostProcess) => host.child.kill('SIGINT')],
  ['when the IPC channel closes', (host: HostProcess) => host.child.disconnect()],
  ['when stdin closes and --stop-on-stdin-close is set', (host: HostProcess) => host.child.stdin?.end()],
])('The host ends within 5 s %s, although an invocation and a terminate hook do not end', async (_, stop) => {
  const endless = 'app.hook.appTerminate(() => new Promise(() => setInterval(() => {}, 1000)));';
  const host = await startProcess(await buildApp({ code: code + endless }), {}, '--stop-on-stdin-close');
  const invocation = fetch(`${host.url}/hang`).catch(() => 'disconnected');
  await eventually(() => host.stdout.includes('hanging'));

  const stoppedAt = performance.now();
  stop(host);
  const { code: exitCode } = await host.exit;

  expect(performance.now() - stoppedAt).toBeLessThan(5_000);
  expect(exitCode).toBe(0);
  expect(await invocation).toBe('disconnected');
  expect(host.stderr).toEqual([
    'Invocations that still ran after 1.5 s were abandoned.',
    'The appTerminate hooks still ran after 1 s and were abandoned.',
  ]);
});

test('The host ends when its parent is killed during the start', async () => {
  const slow = "console.log('loading'); await new Promise((resolve) => setTimeout(resolve, 1000));";
  const { appFolder, dataFolder } = await buildApp({ code: slow + code });
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const options = ['--app', appFolder, '--data', dataFolder, '--port', '0'];
  const script = `require('node:child_process').fork(${JSON.stringify(main)}, ${JSON.stringify(options)})`;
  const parent = spawn(process.execPath, ['-e', script]);
  let output = '';
  parent.stdout.on('data', (text) => {
    output += text;
    if (output === 'loading\n') parent.kill('SIGKILL');
  });

  // The host inherited stdout, so it ends when both processes have ended.
  await once(parent.stdout, 'end');

  expect(output).toBe('loading\napp starts\napp ends\n');
});
