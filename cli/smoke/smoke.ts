/**
 * The smoke test of a deployment: what a caller needs, from outside, in about a minute. It names the component that is
 * broken. With a token it creates one or two carts; with permission it checks one out, which places an order.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { appChecks } from './appChecks.ts';
import { cartChecks } from './cartChecks.ts';
import { type CheckResult, COMPONENTS, type Component, type Options, runChecks } from './check.ts';
import { callerOf } from './client.ts';

export interface SmokeReport {
  url: string;
  passed: boolean;
  /** Components that failed checks point to, in the order of the checks. */
  broken: Component[];
  checks: { name: string; outcome: string; detail: string }[];
}

/** Runs every check against the service at a base URL; calls `onResult` as each ends. Changes nothing without a token. */
export async function smoke(
  url: string,
  options: Options,
  onResult: (result: CheckResult) => void = () => {},
): Promise<SmokeReport> {
  const session = { ...options, call: callerOf(url), sleep: (ms: number) => sleep(ms) };
  const results = await runChecks([...appChecks, ...cartChecks], session, onResult);
  const broken = results.flatMap(({ outcome }) => (outcome.kind === 'failed' ? outcome.components : []));
  return {
    url,
    passed: results.every(({ outcome }) => outcome.kind !== 'failed'),
    broken: [...new Set(broken)],
    checks: results.map(({ name, outcome }) => ({ name, outcome: outcome.kind, detail: outcome.detail })),
  };
}

const MARKS = { passed: '✓', noted: '!', failed: '✗', skipped: '–' } as const;

/** A line for a check. */
export const lineOf = ({ name, outcome }: CheckResult): string =>
  `${MARKS[outcome.kind]} ${name} (${outcome.detail})`;

/** The last lines: what is broken and where to look, or that everything works. */
export function summaryOf({ passed, broken, checks }: SmokeReport): string {
  const count = checks.filter(({ outcome }) => outcome === 'skipped').length;
  const skipped = count === 0 ? '' : `${count} ${count === 1 ? 'check was' : 'checks were'} skipped`;
  if (passed) return `Everything that was checked works.${skipped && ` ${skipped}.`}`;
  return [`Broken${skipped && ` (${skipped})`}:`, ...broken.map((name) => `  ${COMPONENTS[name]}`)].join(
    '\n',
  );
}
