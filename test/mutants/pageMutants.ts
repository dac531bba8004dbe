/** Mutants of the pages that the sweeper dispatches. */
import type { Mutant } from './mutant.ts';

export const PAGE_MUTANTS: readonly Mutant[] = [
  {
    name: 'queued-pages-dispatched-again',
    consequence: 'While a backlog is processed, each run of the timer sends all of its pages once more.',
    file: 'shared/sweeper/dispatch.ts',
    before: '  const dispatched = [...queued, ...pages].filter((range) => range.shard === shard);',
    after: '  const dispatched = [...pages].filter((range) => range.shard === shard);',
    suites: ['test/sweeper/dispatch.test.ts', 'test/sweeper/pages.test.ts'],
  },
  {
    name: 'page-of-one-shard-for-all',
    consequence: 'The entries of a shard are taken for dispatched because another has a page of that time.',
    file: 'shared/sweeper/dispatch.ts',
    before: '  const dispatched = [...queued, ...pages].filter((range) => range.shard === shard);',
    after: '  const dispatched = [...queued, ...pages];',
    suites: ['test/sweeper/dispatch.test.ts'],
  },
  {
    name: 'pages-not-sent-and-not-processed',
    consequence: 'While the broker is down, a sweep processes its share only.',
    file: 'shared/sweeper/sweep.ts',
    before: '  return isDispatched ? { ...share, failure } : undefined;',
    after: '  return isDispatched ? { ...share, failure } : { ...share, failure };',
    suites: ['test/sweeper/pages.test.ts'],
  },
];
