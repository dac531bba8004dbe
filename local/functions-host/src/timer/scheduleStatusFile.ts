/**
 * Stores the schedule status of monitored timers, one file a function, where Azure uses blobs. Guarantees that a
 * crash leaves the old status or the new one. A file that cannot be parsed counts as absent.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScheduleStatus } from './scheduleMonitor.ts';

/** Reads the status of a timer function; undefined when there is none. */
export async function readStatus(
  dataFolder: string,
  functionName: string,
): Promise<ScheduleStatus | undefined> {
  try {
    const record = JSON.parse(await readFile(fileOf(dataFolder, functionName), 'utf8')) as Record<
      string,
      string
    >;
    const updatedMs = Date.parse(record.LastUpdated ?? '');
    if (Number.isNaN(updatedMs)) return undefined;
    return {
      ...(record.Last && { lastMs: Date.parse(record.Last) }),
      ...(record.Next && { nextMs: Date.parse(record.Next) }),
      updatedMs,
    };
  } catch {
    return undefined;
  }
}

/** Writes the status; rejects when the folder cannot be written. */
export async function writeStatus(
  dataFolder: string,
  functionName: string,
  status: ScheduleStatus,
): Promise<void> {
  const file = fileOf(dataFolder, functionName);
  const record = {
    Last: isoText(status.lastMs),
    Next: isoText(status.nextMs),
    LastUpdated: isoText(status.updatedMs),
  };
  await mkdir(join(dataFolder, 'timers'), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(record));
  await rename(`${file}.new`, file);
}

function fileOf(dataFolder: string, functionName: string): string {
  return join(dataFolder, 'timers', `${functionName.toLowerCase()}.json`);
}

function isoText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
