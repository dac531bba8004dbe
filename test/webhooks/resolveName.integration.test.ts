/** Names are resolved by DNS alone, once for each call, and a slow name server delays nothing else in the process. */
import { randomFill } from 'node:crypto';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { receiverClient } from '../../shared/webhooks/receiverClient.ts';
import { nameResolver } from '../../shared/webhooks/resolveName.ts';
import { type NameServer, startNameServer } from './nameServer.ts';

const NAME = 'hooks.contoso.com';
const URL_OF_NAME = `https://${NAME}/hook`;

const servers: NameServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function nameServer(answer: Parameters<typeof startNameServer>[0]) {
  const server = await startNameServer(answer);
  servers.push(server);
  return { ...server, resolve: nameResolver({ servers: [server.address] }) };
}
const signal = () => new AbortController().signal;
const callWith = (resolve: ReturnType<typeof nameResolver>, timeoutMs = 2_000) =>
  receiverClient({ allowsLoopback: false, timeoutMs, resolve }).call({
    method: 'POST',
    url: URL_OF_NAME,
    headers: {},
    body: '{}',
  });

it('A name has its addresses of both families, or of the one that it has', async () => {
  const both = await nameServer((_, family) =>
    family === 4 ? ['8.8.8.8', '1.1.1.1'] : ['2606:4700:0:0:0:0:0:1111'],
  );
  const one = await nameServer((_, family) => (family === 4 ? ['8.8.8.8'] : []));

  expect(await both.resolve(NAME, signal())).toEqual([
    { address: '8.8.8.8', family: 4 },
    { address: '1.1.1.1', family: 4 },
    { address: '2606:4700::1111', family: 6 },
  ]);
  expect(await one.resolve(NAME, signal())).toEqual([{ address: '8.8.8.8', family: 4 }]);
});

it('A name without an address is reported with the code of the DNS error', async () => {
  const { resolve } = await nameServer(() => []);

  expect(await callWith(resolve)).toMatchObject({
    reason: 'The host name could not be resolved (ENODATA).',
  });
});

it.each([
  ['a private one beside a public one', ['8.8.8.8', '10.0.0.1'], []],
  ['the metadata service of a cloud', ['169.254.169.254'], []],
  ['the platform address of Azure', ['168.63.129.16'], []],
  ['a loopback address of IPv6 beside a public one of IPv4', ['8.8.8.8'], ['0:0:0:0:0:0:0:1']],
  ['an IPv4 address in one of IPv6', ['8.8.8.8'], ['0:0:0:0:0:ffff:a9fe:a9fe']],
])('Nothing is sent to a name with %s', async (_, v4, v6) => {
  const { resolve, asked } = await nameServer((__, family) => (family === 4 ? v4 : v6));

  expect(await callWith(resolve)).toMatchObject({
    reason: 'The host name has an address that is not public.',
  });
  expect(asked.sort()).toEqual([`A ${NAME}`, `AAAA ${NAME}`]);
});

it('Name servers that do not answer end the call after its time-out, and delay nothing else in the process', async () => {
  const { resolve, asked } = await nameServer(() => undefined);
  const calls = Array.from({ length: 16 }, () => callWith(resolve, 1_000));
  await expect.poll(() => asked.length).toBe(32);

  // Uses the threads in which the resolver of the operating system would wait.
  const beganMs = performance.now();
  await Promise.all(Array.from({ length: 8 }, () => promisify(randomFill)(Buffer.alloc(16))));
  expect(performance.now() - beganMs).toBeLessThan(500);

  for (const response of await Promise.all(calls)) {
    expect(response).toMatchObject({ reason: 'The receiver did not respond within 1 seconds.' });
    expect(response.durationMs).toBeLessThan(1_800);
  }
});
