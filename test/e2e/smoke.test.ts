/**
 * The smoke test against local stacks: one that works, from the staged package, and stacks with one broken dependency
 * each, which the report has to name.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { smoke } from '../../cli/smoke/smoke.ts';
import type { Stack } from '../../local/stack/stack.ts';
import { startStack } from '../../local/stack/start.ts';
import { stage } from '../../scripts/stage.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { cartwright } from '../cli/processes.ts';
import { SWEEP_BY_HAND } from '../support/stackSettings.ts';
import { type Running, startService } from './running.ts';

const USER = { user: '2713ccd7-ea3b-470a-9cfb-451d5d0482cc' };
const CLOSED_URL = 'http://127.0.0.1:9';

const options = (token?: string) => ({
  token,
  customer: randomUUID(),
  catalogItem: 'CFQ7TTC0LFLS:0002:CFQ7TTC0KDLJ',
  placesOrder: true,
  waitMs: 3_000,
});

let folder: string;
let stack: Stack;
/** The keys of the issuer, from a server of this test: the issuer runs in the process of the broker, which is suspended. */
const keys = { server: createServer((_, response) => response.end(keys.text)), text: '' };

beforeAll(async () => {
  await new Promise<void>((resolve) => keys.server.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'smoke-'));
  const appFolder = join(folder, 'app');
  await stage({ target: appFolder });
  stack = await startStack({
    appFolder,
    dataFolder: join(folder, 'data'),
    azurite: 'disk',
    settings: {
      ...SWEEP_BY_HAND,
      AUTH_JWKS_URL: `http://127.0.0.1:${(keys.server.address() as AddressInfo).port}/keys`,
    },
  });
  keys.text = await (await fetch(stack.jwksUrl)).text();
});
afterAll(async () => {
  keys.server.closeAllConnections();
  keys.server.close();
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a stack that runs the staged package', () => {
  const suspended = new Set<number>();
  afterEach(() => {
    for (const pid of suspended) process.kill(pid, 'SIGCONT');
    suspended.clear();
  });

  const suspend = (name: 'azurite' | 'broker') => {
    const pid = stack.processes[name]?.pid as number;
    process.kill(pid, 'SIGSTOP');
    suspended.add(pid);
  };

  it('passes every check', async () => {
    const report = await smoke(stack.url, options(await stack.token(USER)));

    expect(report.checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(report.checks.filter(({ outcome }) => outcome === 'skipped')).toEqual([]);
    expect(report).toMatchObject({ passed: true, broken: [] });
  });

  it('is checked by the command, which ends with 0; with 1 when something is broken', async () => {
    const token = await stack.token(USER);
    const works = await cartwright('smoke', '--url', stack.url, '--token', token, '--order', '--json');
    const broken = await cartwright('smoke', '--url', CLOSED_URL);

    expect({ code: works.code, report: JSON.parse(works.out) }).toMatchObject({
      code: 0,
      report: { passed: true },
    });
    expect({ code: broken.code, err: broken.err }).toEqual({ code: 1, err: '' });
    expect(broken.out).toMatch(
      /^✗ The app responds \(GET http:\/\/127\.0\.0\.1:9\/health: .+\)\n(.+\n)+Broken/,
    );
  });

  it('is only read without a token, and orders nothing without permission', async () => {
    const anonymous = await smoke(stack.url, options());
    const careful = await smoke(stack.url, { ...options(await stack.token(USER)), placesOrder: false });

    const ran = ({ checks }: typeof anonymous) =>
      checks.filter(({ outcome }) => outcome !== 'skipped').length;
    expect(anonymous.passed && careful.passed).toBe(true);
    expect(ran(anonymous)).toBeLessThan(ran(careful));
    expect(careful.checks.filter(({ name }) => /order/.test(name)).map(({ outcome }) => outcome)).toEqual([
      'skipped',
      'skipped',
    ]);
  });

  it.each([
    ['azurite', 'storage'],
    ['broker', 'broker'],
  ] as const)(
    'is reported when %s is suspended; without a token as one of two',
    async (process, component) => {
      const token = await stack.token(USER);
      suspend(process);
      await sleep(3_100); // a result of /ready is kept for three seconds
      const [report, anonymous] = await Promise.all([
        smoke(stack.url, options(token)),
        smoke(stack.url, options()),
      ]);

      expect(report).toMatchObject({ passed: false, broken: [component] });
      expect(anonymous).toMatchObject({ passed: false, broken: ['storage', 'broker'] });
    },
  );

  it('is reported when the token is not accepted', async () => {
    const foreign = (await stack.token(USER)).replace(/\.[\w-]+$/, '.AAAA');

    expect(await smoke(stack.url, options(foreign))).toMatchObject({ passed: false, broken: ['token'] });
  });

  it('is reported when the URL is not that of the service', async () => {
    const closed = await smoke(CLOSED_URL, options());
    const wrong = await smoke(`${stack.url}/v1/other`, options());

    expect([closed.broken, wrong.broken]).toEqual([['app'], ['app']]);
    expect(closed.checks.filter(({ outcome }) => outcome === 'failed')).toHaveLength(1);
  });
});

describe('a stack with other settings', () => {
  let service: Running | undefined;
  afterEach(() => service?.stop());

  const report = async (settings: Record<string, string>) => {
    service = await startService({ settings });
    return smoke(service.url, options(await service.token(USER)));
  };

  it('is reported when the key service does not respond', async () => {
    expect(await report({ AUTH_JWKS_URL: `${CLOSED_URL}/keys` })).toMatchObject({
      passed: false,
      broken: ['keys'],
    });
  });

  it('is reported when no function reads the queue of checkouts', async () => {
    const worker = stack.functions.find(
      (one) => one.trigger === 'serviceBus' && one.entity === QUEUES.checkout,
    );
    const broken = await report({ [`AzureWebJobs.${worker?.name}.Disabled`]: 'true' });

    expect(broken).toMatchObject({ passed: false, broken: ['worker'] });
  });

  it('is reported when the ordering gateway does not respond', async () => {
    const broken = await report({ ORDER_GATEWAY: 'partnerCenter', PARTNER_CENTER_URL: CLOSED_URL });

    expect(broken).toMatchObject({ passed: false, broken: ['gateway'] });
  });
});
