/** Mutants of the cache of verified tokens. */
import type { Mutant } from './mutant.ts';

const FILE = 'shared/identity/verifiedTokens.ts';
const CACHE = 'test/identity/verifiedTokens.test.ts';
const ATTACKS = 'test/identity/repeatedTokens.integration.test.ts';

export const TOKEN_MUTANTS: readonly Mutant[] = [
  {
    name: 'cached-token-found-by-its-signature',
    consequence: 'A token with changed claims and a copied signature is accepted, for any tenant.',
    file: FILE,
    before: "hash('sha256', token, 'base64')",
    after: "hash('sha256', token.slice(token.lastIndexOf('.')), 'base64')",
    suites: [ATTACKS],
  },
  {
    name: 'cached-token-outlives-its-exp',
    consequence: 'A token is accepted for minutes after its end.',
    file: FILE,
    before: 'wallMs() < entry.expMs && ',
    after: '',
    suites: [CACHE, ATTACKS],
  },
  {
    name: 'cached-token-survives-new-keys',
    consequence:
      'A token that was signed with a withdrawn key is accepted after the service has fetched the keys.',
    file: FILE,
    before: '      this.#entries.clear();\n',
    after: '',
    suites: [CACHE, ATTACKS],
  },
  {
    name: 'cached-token-verified-with-old-keys',
    consequence: 'A token whose key was withdrawn during its verification is kept for minutes.',
    file: FILE,
    before: 'keySet === undefined || keySet !== this.#keySet',
    after: 'keySet === undefined',
    suites: [CACHE, ATTACKS],
  },
];
