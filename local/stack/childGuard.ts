/**
 * Loaded before the entry of every process of the stack (`node --import`): it ends the process within 4 s of its
 * supervisor's end, however that came about. The channel to the supervisor closes when the supervisor ends, even
 * by SIGKILL, and even before the entry has started to listen. An entry that closes in an orderly way first has
 * that time to do so.
 */

const exitWithinMs = 4_000;

process.once('disconnect', () => setTimeout(() => process.exit(1), exitWithinMs).unref());
