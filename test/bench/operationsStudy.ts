/** How many storage operations a request makes, counted where they arrive, in the access log of Azurite. */
import { runLoad } from './load.ts';
import { requestsOf } from './measure.ts';
import { OPERATIONS, type Operation, STORAGE_OPERATIONS } from './scenarios.ts';
import { type Stand, startStand } from './stand.ts';
import { between, startStorage, sumOf, type Tally } from './storage.ts';
import type { Finding, Study } from './study.ts';

const REQUESTS = 50;
/** A checkout that finds an idle worker is read once or twice before it has ended. */
const MAX_POLLS = 3;

export const STORAGE: Study = { name: 'storage operations', run: countOperations };

async function countOperations(): Promise<Finding[]> {
  const storage = await startStorage();
  const stand = await startStand({ settings: { CartStorage: storage.connectionString } });
  try {
    const findings: Finding[] = [];
    for (const operation of OPERATIONS) {
      await sendOneByOne(stand, operation, 1); // creates the tables
      const count = await counted(stand, operation, storage.tally);
      findings.push({
        what: `of a ${operation}${operation === 'checkout' ? ', with its polls' : ''}`,
        service: [count],
        unit: '',
        digits: 1,
        foreign: 0,
        goal: {
          is: 'atMost',
          limit: STORAGE_OPERATIONS[operation] + (operation === 'checkout' ? MAX_POLLS : 0),
        },
      });
    }
    return findings;
  } finally {
    await stand.stop();
    await storage.stop();
  }
}

/** Operations of one request, without those that prepared its cart. */
async function counted(stand: Stand, operation: Operation, tally: () => Tally): Promise<number> {
  let before = tally();
  await sendOneByOne(stand, operation, REQUESTS, () => {
    before = tally();
  });
  return sumOf(between(before, tally())) / REQUESTS;
}

async function sendOneByOne(
  { stack, token }: Stand,
  operation: Operation,
  count: number,
  onPrepared?: () => void,
): Promise<void> {
  const request = await requestsOf({ stack, token }, { operation, lines: 1, count });
  await settled();
  onPrepared?.();
  const status = operation === 'get' ? 200 : 201;
  await runLoad({ url: stack.url, token, inFlight: 1, count, request, status });
  await settled();
}

/** The access log arrives through a pipe, after the responses. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 1_000));
