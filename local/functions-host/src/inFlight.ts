/**
 * Tracks work in flight: invocations together with their responses and settlements. Guarantees that a shutdown
 * can wait for the work with a time limit.
 */

export interface InFlight {
  /** Tracks a promise until it settles, and returns it. */
  track<T>(task: Promise<T>): Promise<T>;
  /** Waits until all tracked work has settled, at most `withinMs`; resolves to whether it has. */
  settled(withinMs: number): Promise<boolean>;
}

/** Creates a tracker without work. */
export function createInFlight(): InFlight {
  const tasks = new Set<Promise<unknown>>();
  return {
    track(task) {
      tasks.add(task);
      const done = (): boolean => tasks.delete(task);
      task.then(done, done);
      return task;
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
      while (tasks.size > 0 && !timeIsUp) await Promise.race([Promise.allSettled(tasks), deadline]);
      clearTimeout(timer);
      return tasks.size === 0;
    },
  };
}
