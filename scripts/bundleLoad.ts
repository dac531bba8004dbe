/** `npm run bundle:load`: prints how long the last build loads, beside the same sources unbundled. Exits with 1 above the budget. */
import { compareLoads, MAX_LOAD_RATIO } from './moduleLoad.ts';

const { bundleMs, unbundledMs, ratio } = await compareLoads(15);
console.log(`bundle      ${bundleMs.toFixed(0).padStart(5)} ms of processor time`);
console.log(`unbundled   ${unbundledMs.toFixed(0).padStart(5)} ms, the same sources as CommonJS modules`);
console.log(`ratio       ${ratio.toFixed(3)}; at most ${MAX_LOAD_RATIO}`);
if (ratio > MAX_LOAD_RATIO) process.exitCode = 1;
