/** `npm run bundle:size`: prints what the last build loads before the first call, by package. Exits with 1 above the budget. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EAGER_BUDGET, eagerBytes, eagerParts, type Meta } from './eagerCode.ts';

const meta = JSON.parse(readFileSync(join(import.meta.dirname, '../dist/meta.json'), 'utf8')) as Meta;
const kilobytes = (bytes: number) => `${(bytes / 1_024).toFixed(1)} KB`.padStart(10);
const total = eagerBytes(meta);
for (const [part, bytes] of eagerParts(meta).slice(0, 20)) console.log(`${kilobytes(bytes)}  ${part}`);
console.log(`${kilobytes(total)}  in all; the budget is ${EAGER_BUDGET / 1_024} KB`);
if (total > EAGER_BUDGET) process.exitCode = 1;
