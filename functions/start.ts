/**
 * Reads the settings and composes the service, once functions are registered. The Functions worker reports an
 * exception while the app is loaded only if a function has been registered before: indexing then fails with the
 * reason. Without a registered function, the worker reports success with no functions, and every route is a 404.
 */
import { service } from './container.ts';

service();
