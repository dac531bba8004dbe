/** Whether this process is idle between tests. Test files share a process, so a loop that one leaves slows the rest. */
import { setTimeout as sleep } from 'node:timers/promises';

/** A loop has an immediate pending whenever it is looked at; other code ends its own soon. */
const LOOKS = 20;
const APART_MS = 5;

/** Resolves with whether the event loop turns without pause, after at most a tenth of a second. */
export async function isLooping(): Promise<boolean> {
  for (let look = 0; look < LOOKS; look++) {
    if (!process.getActiveResourcesInfo().includes('Immediate')) return false;
    await sleep(APART_MS);
  }
  return true;
}
