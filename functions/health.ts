/** `/health`: this process answers. `/ready`: storage and broker answer it. */

import { faultOf } from '../shared/faults.ts';
import type { Route } from '../shared/http/pipeline.ts';
import { service } from './service.ts';

export const healthRoutes: Route[] = [
  {
    name: 'health',
    method: 'GET',
    path: 'health',
    open: true,
    endpoint: async () => ({ status: 200, body: { status: 'healthy' } }),
  },
  {
    name: 'ready',
    method: 'GET',
    path: 'ready',
    open: true,
    async endpoint(_call, ports) {
      try {
        await service.probe();
        return { status: 200, body: { status: 'ready' } };
      } catch (error) {
        ports.log.warn('not ready', { error: String(error) });
        const description = 'Storage or the message broker does not answer.';
        return { fault: faultOf('serviceUnavailable', description, { retryAfterMs: 5_000 }) };
      }
    },
  },
];
