/** The smoke test against stacks with one broken dependency each, which its report names. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { smoke } from '../../cli/smoke/smoke.ts';
import { READINESS_CACHE_MS } from '../../shared/readiness.ts';
import { type Running, startService } from '../e2e/running.ts';

const USER = { user: '2713ccd7-ea3b-470a-9cfb-451d5d0482cc' };
const CLOSED_URL = 'http://127.0.0.1:9';

const options = (token?: string) => ({
  token,
  customer: randomUUID(),
  catalogItem: 'CFQ7TTC0LFLS:0002:CFQ7TTC0KDLJ',
  placesOrder: true,
  waitMs: 3_000,
});

describe('A suspended dependency', () => {
  let service: Running;
  /** The keys of the issuer, from a server of this test: the issuer runs in the process of the broker, which is suspended. */
  const keys = { server: createServer((_, response) => response.end(keys.text)), text: '' };
  const suspended = new Set<number>();
  beforeAll(async () => {
    await new Promise<void>((resolve) => keys.server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(keys.server.address() as AddressInfo).port}/keys`;
    service = await startService({ azurite: 'disk', settings: { AUTH_JWKS_URL: url } });
    keys.text = await (await fetch(service.jwksUrl)).text();
  });
  afterEach(() => {
    for (const pid of suspended) process.kill(pid, 'SIGCONT');
    suspended.clear();
  });
  afterAll(async () => {
    keys.server.closeAllConnections();
    keys.server.close();
    await service?.stop();
  });

  const suspend = (name: 'azurite' | 'broker') => {
    const pid = service.processes[name]?.pid as number;
    process.kill(pid, 'SIGSTOP');
    suspended.add(pid);
  };

  it.each([
    ['azurite', 'storage'],
    ['broker', 'broker'],
  ] as const)(
    'The smoke test reports %s as broken while it is suspended; without a token as one of two',
    async (process, component) => {
      const token = await service.token(USER);
      suspend(process);
      await sleep(READINESS_CACHE_MS + 100); // a result of /ready from before is no longer cached
      const [report, anonymous] = await Promise.all([
        smoke(service.url, options(token)),
        smoke(service.url, options()),
      ]);

      expect(report).toMatchObject({ passed: false, broken: [component] });
      expect(anonymous).toMatchObject({ passed: false, broken: ['storage', 'broker'] });
    },
  );
});

describe('A stack with a broken setting', () => {
  let service: Running | undefined;
  afterEach(() => service?.stop());

  const report = async (settings: Record<string, string>) => {
    service = await startService({ settings });
    return smoke(service.url, options(await service.token(USER)));
  };

  it('The smoke test reports the signing keys as broken when their URL does not respond', async () => {
    expect(await report({ AUTH_JWKS_URL: `${CLOSED_URL}/keys` })).toMatchObject({
      passed: false,
      broken: ['keys'],
    });
  });

  it('The smoke test reports the worker as broken when no function reads the queue of checkouts', async () => {
    const broken = await report({ 'AzureWebJobs.runCheckout.Disabled': 'true' });

    expect(broken).toMatchObject({ passed: false, broken: ['worker'] });
  });

  it('The smoke test reports the gateway as broken when Partner Center does not respond', async () => {
    const broken = await report({ ORDER_GATEWAY: 'partnerCenter', PARTNER_CENTER_URL: CLOSED_URL });

    expect(broken).toMatchObject({ passed: false, broken: ['gateway'] });
  });
});
