/** The public API of the package. Everything else in this folder is an implementation detail. */

export { type Host, type HostOptions, type RunningFunction, startHost } from './host.ts';
export type { HostReport } from './main.ts';
export { StartupError } from './startupError.ts';
