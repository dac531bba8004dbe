/** What a mutant is, and which kinds of suites catch mutants. */

/** A change at one place of the code, of the kind that happens by mistake: it compiles, and mostly works. */
export interface Mutant {
  /** The argument of `npm run test:mutants` that selects it. */
  name: string;
  /** What the mutant would do to partners and customers, and so why a test must catch it. */
  consequence: string;
  file: string;
  /** The original text, which occurs exactly once in the file. */
  before: string;
  /** The text that replaces it. */
  after: string;
  /** Test files in the order in which they run until one fails. */
  suites: readonly string[];
}

export const SIMULATION = 'test/simulation/simulation.test.ts';
export const CRASH_LEDGER = 'test/crash/ledger.test.ts';
export const CRASH_PARTNER_CENTER = 'test/crash/partnerCenter.test.ts';
export const MODEL = 'test/model/cart.test.ts';
export const STORAGE = 'test/contract/storage.test.ts';

const KINDS = ['simulation', 'crash', 'model', 'contract', 'storm', 'kill', 'fuzz', 'e2e'];

/** What kind of suite a test file is, by its folder and name. */
export function kindOf(suite: string): string {
  const [, folder = ''] = suite.split('/');
  if (KINDS.includes(folder)) return folder;
  return suite.endsWith('.integration.test.ts') ? 'integration' : 'unit';
}

/** How often a text occurs in another. */
export const occurrences = (text: string, within: string): number => within.split(text).length - 1;
