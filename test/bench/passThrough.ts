/**
 * `npm run bench:passthrough`: what passing a request through costs over sending it directly, in one run: the same
 * requests, in turns, to the ordering desk and through the built bundle on the local Functions host to the desk. Prints
 * the latency of both, and the processor time that the host uses for a request; for comparison, the same of `/health`,
 * which is the share of the host and the pipeline without pass-through. `--requests N` (default 2,000).
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startStack } from '../../local/stack/start.ts';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '2000' } } });
const REQUESTS = Number(values.requests);
const WARM_UP = 300;
/** Requests of one kind before the other kind has its turn. */
const TURN = 50;
/** Clock ticks of /proc per second, on every Linux that Node runs on. */
const TICKS = 100;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** The time of one request with its response, in milliseconds. */
function timeOf(url: string, headers: Record<string, string>): Promise<number> {
  const begunMs = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - begunMs);
        else reject(new Error(`${url} returned ${response.statusCode}.`));
      });
    });
    sent.once('error', reject).end();
  });
}

/** Processor time of a process so far, in milliseconds. */
async function processorMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [utime = 0, stime = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((utime + stime) * 1_000) / TICKS;
}

const median = (sorted: readonly number[], at = 0.5): number => sorted[Math.floor(sorted.length * at)] ?? 0;
const ms = (value: number): string => `${value.toFixed(2)} ms`;

const dataFolder = await mkdtemp(join(tmpdir(), 'cartwright-bench-'));
const stack = await startStack({
  dataFolder,
  azurite: 'memory',
  desk: true,
  settings: { ORDER_GATEWAY: 'partnerCenter', SWEEP_SCHEDULE: '0 0 0 1 1 *' },
});
try {
  const path = `/v1/customers/${randomUUID()}`;
  const headers = { Authorization: `Bearer ${await stack.token()}` };
  const kinds = [
    { name: 'directly', url: `${stack.deskUrl}${path}`, times: [] as number[], cpuMs: 0 },
    { name: 'passed through', url: `${stack.url}${path}`, times: [] as number[], cpuMs: 0 },
    { name: 'host alone (/health)', url: `${stack.url}/health`, times: [] as number[], cpuMs: 0 },
  ];
  for (const { url } of kinds) for (let n = 0; n < WARM_UP; n++) await timeOf(url, headers);
  const pid = stack.processes.host?.pid ?? 0;
  for (let turn = 0; turn < REQUESTS / TURN; turn++) {
    for (const kind of kinds) {
      const before = await processorMs(pid);
      for (let n = 0; n < TURN; n++) kind.times.push(await timeOf(kind.url, headers));
      kind.cpuMs += (await processorMs(pid)) - before;
    }
  }
  const [direct = 0] = kinds.map(({ times }) => median(times.toSorted((a, b) => a - b)));
  for (const { name, times, cpuMs } of kinds) {
    const sorted = times.toSorted((a, b) => a - b);
    console.log(
      `${name.padEnd(22)} p50 ${ms(median(sorted))}  p95 ${ms(median(sorted, 0.95))}  over direct ${ms(median(sorted) - direct)}  CPU of the host ${ms(cpuMs / times.length)} a request`,
    );
  }
} finally {
  agent.destroy();
  await stack.stop();
  await rm(dataFolder, { recursive: true, force: true });
}
