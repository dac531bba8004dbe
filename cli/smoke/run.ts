/** Runs `cartwright smoke`: a line for each check as it ends, then what is broken. */
import { EXIT_CODES } from '../exitCodes.ts';
import { locate } from '../service/connection.ts';
import { type Output, printable } from '../terminal.ts';
import type { SmokeRequest } from './command.ts';
import { lineOf, smoke, summaryOf } from './smoke.ts';

/** The exit code: 0 when every check passed, 1 when one failed. Throws Refused when there is no service to check. */
export async function runSmoke({ connection, json, ...options }: SmokeRequest, out: Output): Promise<number> {
  const { url, tokens } = await locate(connection);
  const report = await smoke(url, { ...options, token: await tokens?.read() }, (result) => {
    if (!json) out.line(printable(lineOf(result)));
  });
  out.line(json ? JSON.stringify(report) : printable(summaryOf(report)));
  return report.passed ? EXIT_CODES.done.code : EXIT_CODES.incomplete.code;
}
