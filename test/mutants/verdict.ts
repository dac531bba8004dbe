/**
 * Runs a suite in a copy and reports its result. Only a test that ran and failed catches a mutant: a suite that
 * cannot be loaded, or that hangs, gives no verdict.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

export type Verdict =
  | { kind: 'green' }
  /** By the test of this name, with this message. */
  | { kind: 'caught'; test: string; message: string }
  /** No test finished, for this reason. */
  | { kind: 'unclear'; reason: string };

/** The verdict in words. */
export function sentenceOf(verdict: Verdict): string {
  if (verdict.kind === 'green') return 'green';
  return verdict.kind === 'caught' ? `${verdict.test}: ${verdict.message}` : `no verdict: ${verdict.reason}`;
}

/** A suite that takes longer hangs (milliseconds); the slowest needs a minute. */
const LONGEST_MS = 420_000;

const report = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** The verdict of one test file in the folder. */
export async function verdictOf(folder: string, suite: string): Promise<Verdict> {
  const results = await mkdtemp(join(tmpdir(), 'verdict-'));
  const outputFile = join(results, 'report.json');
  try {
    const code = await runVitest(folder, suite, outputFile);
    if (code === undefined) return { kind: 'unclear', reason: 'the suite did not end' };
    const text = await readFile(outputFile, 'utf8').catch(() => undefined);
    if (text === undefined)
      return { kind: 'unclear', reason: `the suite ended with exit code ${code} and no report` };
    return read(report.parse(JSON.parse(text)), code);
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}

function read({ numPassedTests, testResults }: z.infer<typeof report>, code: number): Verdict {
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  );
  if (failed[0]) {
    const { fullName: test, failureMessages } = failed[0];
    return { kind: 'caught', test, message: failureMessages?.[0]?.split('\n')[0] ?? '' };
  }
  if (code === 0 && numPassedTests > 0) return { kind: 'green' };
  return { kind: 'unclear', reason: testResults.find(({ message }) => message)?.message ?? 'no test ran' };
}

/** The exit code, or `undefined` when the process had to be killed. */
async function runVitest(folder: string, suite: string, outputFile: string): Promise<number | undefined> {
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const options = ['--bail=1', '--reporter=json', `--outputFile=${outputFile}`];
  const child = spawn(process.execPath, [vitest, 'run', suite, ...options], {
    cwd: folder,
    stdio: 'ignore',
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? undefined;
}
