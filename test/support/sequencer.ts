/**
 * The order in which Vitest starts test files. Some files mostly wait: for a running stack, a time limit or a lock.
 * Vitest starts the files that took longest first, hence all of these together, and the processors would be idle; in a
 * fresh clone, which has no durations, the longest could start last. Here they start evenly among the others, and end
 * before them.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Of the other files, the part among which the waiting files start. */
const SPREAD = 0.5;

/** How the paths begin of files that wait for most of their time. */
export const WAITING = [
  'local/functions-host/test/lifecycle',
  'local/functions-host/test/serviceBus/serviceBusListener',
  'local/servicebus-emulator/test/failures',
  'local/servicebus-emulator/test/management',
  'local/servicebus-emulator/test/subscribing',
  'test/cli/parked/replay.',
  'test/e2e/',
  'test/local/stack/dev',
  'test/local/stack/start',
  'test/messaging/bus.',
  'test/reports/r01',
  'test/reports/r04',
  'test/reports/r09',
];

export class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isIntegration = ({ project }: TestSpecification) => project.name === 'integration';
    const start = sorted.findIndex(isIntegration);
    const integration = sorted.filter(isIntegration);
    return sorted.toSpliced(
      start,
      integration.length,
      ...spread(integration, ({ moduleId }) => WAITING.some((start) => moduleId.includes(`/${start}`))),
    );
  }
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
