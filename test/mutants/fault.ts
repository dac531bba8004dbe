/** What a planted fault is, and what suites it may be caught by. */

/** A change of one place in the code, of the kind that somebody makes in a hurry: it compiles, and mostly works. */
export interface Fault {
  /** What it is asked for by. */
  name: string;
  /** What would come of it, and so why it has to be caught. */
  costs: string;
  file: string;
  /** What stands there: exactly once in the file. */
  before: string;
  /** What stands there instead. */
  after: string;
  /** Test files in the order in which they are run until one fails. */
  suites: readonly string[];
}

export const SIMULATION = 'test/simulation/simulation.test.ts';
export const CRASH_LEDGER = 'test/crash/ledger.test.ts';
export const CRASH_PARTNER_CENTER = 'test/crash/partnerCenter.test.ts';
export const MODEL = 'test/model/cart.test.ts';
export const STORAGE = 'test/contract/storage.test.ts';

const KINDS = ['simulation', 'crash', 'model', 'contract', 'storm', 'kill', 'fuzz', 'e2e'];

/** What kind of suite a test file is; histories are simulations, wherever they are. */
export function kindOf(suite: string): string {
  if (suite.endsWith('/histories.test.ts')) return 'simulation';
  const [, folder = ''] = suite.split('/');
  return KINDS.includes(folder) ? folder : 'unit';
}

/** How often a text stands in another. */
export const occurrences = (text: string, within: string): number => within.split(text).length - 1;
