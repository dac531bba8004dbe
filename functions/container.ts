/**
 * The settings and the one service of this process. They are read on first use, not when this module is loaded:
 * functions have to be registered before anything can fail (see `start.ts`).
 */
import { composeService } from '../shared/compose.ts';
import { readEnvironment, type Settings } from '../shared/config.ts';
import type { Service } from '../shared/http/context.ts';

let readOnce: Settings | undefined;
let composedOnce: Service | undefined;

/** The settings; throws an error that names each invalid one. */
export function settings(): Settings {
  readOnce ??= readEnvironment();
  return readOnce;
}

/** The service of these settings. */
export function service(): Service {
  composedOnce ??= composeService(settings());
  return composedOnce;
}
