import { afterAll, expect, test } from 'vitest';
import { cleanUp, eventually, startApp } from './fixture.ts';

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

test('a function timeout fails the invocation and ends the worker with all its other invocations', async () => {
  const host = await startApp({ code, hostJson: { functionTimeout: '00:00:01' } });

  const first = fetch(`${host.url}/hang`);
  const second = fetch(`${host.url}/hang`);
  await eventually(() => host.stdout.filter((line) => line === 'hanging').length === 2);
  const answers = await Promise.all([first, second]);

  expect(answers.map(({ status }) => status)).toEqual([500, 500]);
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['', '']);
  expect((await host.exit).code).toBe(1);
  expect(host.stderr).toContainEqual(
    expect.stringMatching(/^Timeout value of 1 s was exceeded by function 'hang'/),
  );
  expect(host.stdout).not.toContain('app ends');
});

test('on SIGTERM the host finishes work in flight, accepts no new work and runs the terminate hooks', async () => {
  const host = await startApp({ code: code + releaseOnTerm });
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

test('the host ignores SIGINT and ends when the IPC channel closes', async () => {
  const host = await startApp({ code });

  host.child.kill('SIGINT');
  const answer = await fetch(`${host.url}/release`);
  host.child.disconnect();

  expect(answer.status).toBe(200);
  expect((await host.exit).code).toBe(0);
});
