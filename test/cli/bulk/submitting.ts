/** Submits an order file to a service in memory, and returns what is printed and written. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SubmitRequest } from '../../../cli/bulk/command.ts';
import { readResult } from '../../../cli/bulk/resultFile.ts';
import { sessionOf } from '../../../cli/bulk/session.ts';
import { submit } from '../../../cli/bulk/submit.ts';
import { CUSTOMER, newFolder } from './files.ts';
import { startFakeService } from './service.ts';

export const HEADER = 'reference,customerId,catalogItemId,quantity,billingCycle';
export const row = (reference: string, quantity: string | number = 1) =>
  `${reference},${CUSTOMER},A:1,${quantity},monthly`;

interface Settings {
  json?: boolean;
  token?: string;
  retryPolicy?: Parameters<typeof sessionOf>[2];
}

/** A folder with an order file, and a service to submit it to. */
export async function setUp(...rows: string[]) {
  const service = await startFakeService();
  const folder = await newFolder();
  const file = join(folder, 'orders.csv');
  const write = (...lines: string[]) => writeFile(file, [HEADER, ...lines].join('\n'));
  await write(...rows);

  let interrupt = () => {};
  /** Submits the file; returns the exit code and everything that is printed. */
  async function run(
    more: Partial<SubmitRequest> = {},
    { json = false, token = 't', retryPolicy }: Settings = {},
  ) {
    const printed: string[] = [];
    const said: string[] = [];
    const rim = {
      out: { line: (text: string) => printed.push(text), failure: async () => undefined },
      paint: (_: string, text: string) => text,
      status: { say: (text: string) => said.push(text), show: () => undefined, end: () => undefined },
    };
    const request: SubmitRequest = {
      name: 'submit',
      file,
      wanted: {},
      result: `${file}.result.csv`,
      isChangeAllowed: false,
      ...more,
    };
    const session = sessionOf(rim, { connection: { url: service.url, token }, json }, retryPolicy);
    ({ interrupt } = session);
    const code = await submit(session, request);
    return { code, printed, said };
  }

  const result = async () => (await readResult(`${file}.result.csv`))?.rows ?? [];
  return {
    service,
    file,
    folder,
    write,
    run,
    result,
    /** What a signal does during the submission. */
    interrupt: () => interrupt(),
    statesInResult: async () =>
      Object.fromEntries((await result()).map(({ reference, state }) => [reference, state])),
    files: async () => (await readdir(folder)).sort(),
    references: () => service.submitted.map(({ items }) => items.map(({ reference }) => reference)),
  };
}
