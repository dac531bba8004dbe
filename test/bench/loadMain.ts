/** Loads a module in a new process, and prints how many milliseconds that took. */
const beganMs = performance.now();
await import(process.argv[2] ?? '');
console.log(`loaded in ${performance.now() - beganMs} ms`);
process.exit(0);
