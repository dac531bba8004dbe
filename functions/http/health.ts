/** `/health`: this process answers. `/ready`: storage and broker answer it. */
import { apiError } from '../../shared/errors.ts';
import type { Route } from '../../shared/http/pipeline.ts';

export const healthRoutes: Route[] = [
  {
    name: 'health',
    method: 'GET',
    path: 'health',
    access: 'open',
    endpoint: async () => ({ status: 200, body: { status: 'healthy' } }),
    docs: {
      tag: 'Service',
      summary: 'Ask whether this process answers',
      answers: { 200: { when: 'It does.', schema: 'Health' } },
    },
  },
  {
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
        const description = 'Storage or the message broker does not answer.';
        return { error: apiError('serviceUnavailable', description, { retryAfterMs: 5_000 }) };
      }
    },
    docs: {
      tag: 'Service',
      summary: 'Ask whether storage and broker answer',
      answers: { 200: { when: 'They do.', schema: 'Readiness' } },
      errors: ['serviceUnavailable'],
    },
  },
];
