/**
 * The order in which Vitest starts test files. Some files mostly wait: for a running stack, a time limit or a lock.
 * Vitest starts the files that took longest first, hence all of these together, and the processors would be idle; in a
 * fresh clone, which has no durations, the longest could start last. Here they start evenly among the others, in an
 * order that does not depend on durations, and end before them.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Of the other files, the part among which the waiting files start. */
const SPREAD = 0.5;

/** How the paths begin of files that wait for most of their time, in the order in which they start: the longest first. */
export const WAITING = [
  'test/e2e/expiry',
  'test/reports/r01',
  'test/e2e/parked',
  'test/e2e/storefront',
  'local/functions-host/test/serviceBus/serviceBusListener',
  'test/local/stack/dev',
  'test/cli/parked/replay.',
  'test/e2e/bulk.',
  'test/reports/r09',
  'local/servicebus-emulator/test/failures',
  'local/servicebus-emulator/test/subscribing',
  'local/functions-host/test/lifecycle',
  'test/reports/r04',
  'test/messaging/bus.',
  'test/local/stack/start',
  'test/e2e/',
  'local/servicebus-emulator/test/management',
];

export class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return arrange(await super.sort(files));
  }
}

interface File {
  readonly project: { readonly name: string };
  readonly moduleId: string;
}

/** Arranges the files of the integration project in Vitest's order, and keeps those of other projects in place. */
export function arrange<Of extends File>(files: readonly Of[]): Of[] {
  const isIntegration = ({ project }: File) => project.name === 'integration';
  const start = files.findIndex(isIntegration);
  const integration = files.filter(isIntegration).sort((one, other) => rankOf(one) - rankOf(other));
  return files.toSpliced(
    start,
    integration.length,
    ...spread(integration, (file) => rankOf(file) < WAITING.length),
  );
}

/** The place of a file in WAITING, and its length for a file that is not there. */
function rankOf({ moduleId }: File): number {
  const rank = WAITING.findIndex((start) => moduleId.includes(`/${start}`));
  return rank === -1 ? WAITING.length : rank;
}

/** Places the items that `waits` selects evenly among the first part of the others. Keeps the order of both. */
export function spread<Item>(items: readonly Item[], waits: (item: Item) => boolean): Item[] {
  const others = items.filter((item) => !waits(item));
  const waiting = items.filter(waits);
  const place = (index: number) => Math.floor((SPREAD * others.length * index) / waiting.length);
  return [
    ...waiting.flatMap((item, index) => [item, ...others.slice(place(index), place(index + 1))]),
    ...others.slice(waiting.length === 0 ? 0 : place(waiting.length)),
  ];
}
