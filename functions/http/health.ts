/** `/health`: this process responds. `/ready`: storage and the message broker respond to it. */
import { apiError } from '../../shared/errors.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';

export const healthRoutes: Route[] = [
  defineRoute({
    name: 'health',
    method: 'GET',
    path: 'health',
    access: 'open',
    endpoint: async () => ({ status: 200, body: { status: 'healthy' } }),
    docs: {
      tag: 'Service',
      summary: 'Liveness probe',
      answers: { 200: { when: 'The process responds.', schema: 'Health' } },
    },
  }),
  defineRoute({
    name: 'ready',
    method: 'GET',
    path: 'ready',
    access: 'open',
    async endpoint(_call, ports) {
      try {
        await ports.ping();
        return { status: 200, body: { status: 'ready' } };
      } catch (error) {
        ports.log.warn('not ready', { error: String(error) });
        const description = 'Storage or the message broker does not respond.';
        return { error: apiError('serviceUnavailable', description, { retryAfterMs: 5_000 }) };
      }
    },
    docs: {
      tag: 'Service',
      summary: 'Readiness probe',
      description: 'Checks storage and the message broker. The result is kept for 3 seconds.',
      answers: { 200: { when: 'Storage and the message broker respond.', schema: 'Readiness' } },
      errors: ['serviceUnavailable'],
    },
  }),
];
