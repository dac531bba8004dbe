/**
 * What a storage operation costs the service on Azure: TLS and a bearer token in place of HTTP and a signature. Both
 * against a stub, because the cost of the client does not depend on what answers.
 */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { TableClient } from '@azure/data-tables';
import { tableClient } from '../../shared/storage/tables.ts';
import { type Finding, type Study, withForeignLoad } from './study.ts';

const run = promisify(execFile);
const OPERATIONS = 3_000;
const IN_FLIGHT = 32;
const KEY = Buffer.alloc(64, 7).toString('base64');

export const AZURE: Study = {
  name: 'storage operation as on Azure',
  run: ({ rounds, scale }) => measureClients(rounds, Math.ceil(OPERATIONS * scale)),
};

async function measureClients(rounds: number, operations: number): Promise<Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cartwright-bench-'));
  const files = await selfSigned(folder);
  setDefaultCACertificates([...getCACertificates('default'), await readFile(files.certificate, 'utf8')]);
  const plain = await startStub([]);
  const tls = await startStub([files.key, files.certificate]);
  try {
    const account = `DefaultEndpointsProtocol=http;AccountName=shop;AccountKey=${KEY};TableEndpoint=http://127.0.0.1:${plain.port}/shop`;
    const token = { token: 'x'.repeat(1_500), expiresOnTimestamp: Date.now() + 3_600_000 };
    const credential = async () => ({ getToken: async () => token });
    const clients: [string, TableClient][] = [
      [
        'HTTP, signed by the SDK',
        TableClient.fromConnectionString(account, 'carts', { allowInsecureConnection: true }),
      ],
      ['HTTP, signed with a ready key', await tableClient({ connectionString: account }, 'carts')],
      [
        'TLS, bearer token of a managed identity',
        await tableClient({ serviceUri: `https://127.0.0.1:${tls.port}`, credential }, 'carts'),
      ],
    ];
    return await measureEach(clients, { rounds, operations, pids: [plain.child.pid, tls.child.pid] });
  } finally {
    plain.child.disconnect();
    tls.child.disconnect();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The clients take turns; each writes a row and reads one. */
async function measureEach(
  clients: readonly [string, TableClient][],
  { rounds, operations, pids }: { rounds: number; operations: number; pids: (number | undefined)[] },
): Promise<Finding[]> {
  const findings = clients.map(
    ([name]): Finding => ({ what: `CPU of ${name}`, service: [], unit: 'µs', digits: 0, foreign: 0 }),
  );
  const known = () => ({ bench: process.pid, plain: pids[0] ?? 0, tls: pids[1] ?? 0 });
  for (let round = 0; round <= rounds; round++) {
    for (const [n, [, client]] of clients.entries()) {
      const before = process.cpuUsage();
      const { foreign } = await withForeignLoad(known, () => operate(client, operations));
      const { user, system } = process.cpuUsage(before);
      const finding = findings[n];
      if (!finding || round === 0) continue; // the first round warms up
      finding.service.push((user + system) / operations);
      finding.foreign = Math.max(finding.foreign, foreign);
    }
  }
  return findings;
}

async function operate(client: TableClient, operations: number): Promise<void> {
  const row = { partitionKey: 'a', rowKey: 'b', lines: 'x'.repeat(1_000) };
  let left = operations;
  const worker = async () => {
    while (left-- > 0) await (left % 2 ? client.createEntity(row) : client.getEntity('a', 'b'));
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

async function startStub(files: string[]): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(join(import.meta.dirname, 'storageStub.ts'), files);
  const [port] = (await once(child, 'message')) as [number];
  return { child, port };
}

/** A key and a certificate of 127.0.0.1, made by OpenSSL. */
async function selfSigned(folder: string): Promise<{ key: string; certificate: string }> {
  const files = { key: join(folder, 'key.pem'), certificate: join(folder, 'certificate.pem') };
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', files.key, '-out', files.certificate],
  ]);
  return files;
}
