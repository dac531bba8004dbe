/**
 * What a request costs before the service does anything for it: `/health` needs no token and no storage. Its cost is that
 * of the Functions host, of `@azure/functions` and of the service's HTTP layer, beside an HTTP server of Node alone.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { runLoad } from './load.ts';
import { cpuBetween, readCpuTimes } from './processes.ts';
import { startStand } from './stand.ts';
import type { Finding, Study } from './study.ts';

const REQUESTS = 10_000;
const IN_FLIGHT = 32;

export const HOST: Study = {
  name: 'request without storage',
  run: ({ rounds, scale }) => measureHost(rounds, Math.max(IN_FLIGHT, Math.ceil(REQUESTS * scale))),
};

async function measureHost(rounds: number, count: number): Promise<Finding[]> {
  const stand = await startStand();
  const server = fork(join(import.meta.dirname, 'nodeServerMain.ts'));
  const [port] = (await once(server, 'message')) as [number];
  const pids = () => ({ ...stand.pids(), server: server.pid ?? 0 });
  const run = async (url: string) => {
    const before = readCpuTimes(pids());
    const request = () => ({ method: 'GET', path: '/health' }) as const;
    await runLoad({ url, token: stand.token, inFlight: IN_FLIGHT, count, request, status: 200 });
    return cpuBetween(before, readCpuTimes(pids()));
  };
  const finding: Finding = {
    what: 'CPU of GET /health, and of an HTTP server of Node alone',
    service: [],
    bare: [],
    unit: 'µs',
    digits: 0,
    foreign: 0,
  };
  try {
    for (let round = 0; round <= rounds; round++) {
      const host = await run(stand.stack.url);
      const alone = await run(`http://127.0.0.1:${port}`);
      if (round === 0) continue; // the first round warms up
      finding.service.push(((host.processes.host ?? 0) * 1_000) / count);
      finding.bare?.push(((alone.processes.server ?? 0) * 1_000) / count);
      finding.foreign = Math.max(finding.foreign, host.foreign, alone.foreign);
    }
    return [finding];
  } finally {
    server.disconnect();
    await stand.stop();
  }
}
