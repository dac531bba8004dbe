/** The queue of pages in memory: each id once, a lock for each delivery, and the pages that are there. */
import type { PageQueue, QueuedPage } from '../../shared/ports.ts';
import { MINUTE } from '../support/samples.ts';

export interface MemoryPage extends QueuedPage {
  id: string;
  lockedUntilMs: number;
}

export interface MemoryPages extends PageQueue {
  /** A page that can be received now, locked for `lockMs`. */
  receive(lockMs: number): MemoryPage | undefined;
  /** False when the lock is lost, and then nothing has changed. */
  complete(page: MemoryPage): boolean;
  clear(): void;
  /** Is called when a page is sent, with its time in epoch milliseconds. */
  onSent: (atMs: number) => void;
}

const WINDOW_MS = 10 * MINUTE;

/** A queue whose clock is `now` (epoch milliseconds). */
export function memoryPages(now: () => number): MemoryPages {
  let pages: MemoryPage[] = [];
  const seen = new Map<string, number>();
  const queue: MemoryPages = {
    onSent: () => undefined,
    async send(sent) {
      for (const { range, id, atMs = now() } of sent) {
        const beforeMs = seen.get(id);
        if (beforeMs !== undefined && now() < beforeMs + WINDOW_MS) continue;
        seen.set(id, now());
        pages.push({ ...range, id, enqueuedMs: atMs, lockedUntilMs: 0 });
        queue.onSent(atMs);
      }
    },
    queued: async () => pages.map((page) => ({ ...page })),
    receive(lockMs) {
      const page = pages.find(
        ({ enqueuedMs, lockedUntilMs }) => Math.max(enqueuedMs, lockedUntilMs) <= now(),
      );
      if (page) page.lockedUntilMs = now() + lockMs;
      return page;
    },
    complete(page) {
      if (now() >= page.lockedUntilMs || !pages.includes(page)) return false;
      pages = pages.filter((other) => other !== page);
      return true;
    },
    clear() {
      pages = [];
      seen.clear();
    },
  };
  return queue;
}
