/**
 * The work under way: invocations together with their answers and settlements. It promises that whoever ends
 * the process can wait for it, and not for ever. What the work is, it does not know.
 */

export interface Work {
  /** Counts a piece of work until it settles; returns it. */
  track<T>(piece: Promise<T>): Promise<T>;
  /** Waits until no work is under way, or until the time is up; tells whether all is done. */
  settled(withinMs: number): Promise<boolean>;
}

/** A count that begins at nothing. */
export function createWork(): Work {
  const pieces = new Set<Promise<unknown>>();
  return {
    track(piece) {
      pieces.add(piece);
      const done = (): boolean => pieces.delete(piece);
      piece.then(done, done);
      return piece;
    },
    async settled(withinMs) {
      let timeIsUp = false;
      let timer: NodeJS.Timeout | undefined;
      const deadline = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          timeIsUp = true;
          resolve();
        }, withinMs);
      });
      while (pieces.size > 0 && !timeIsUp) await Promise.race([Promise.allSettled(pieces), deadline]);
      clearTimeout(timer);
      return pieces.size === 0;
    },
  };
}
