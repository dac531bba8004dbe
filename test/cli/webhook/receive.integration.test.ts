/** `cartwright webhook receive`: when it ends, and what it prints of a body. */
import { expect, it } from 'vitest';
import { receiveWebhooks } from '../../../cli/webhook/receive.ts';

it('Receiving webhooks ends when standard output is closed, and prints no escape sequence of a body', async () => {
  const lines: string[] = [];
  const out = {
    line: (text: string) => void lines.push(text),
    failure: async () => Object.assign(new Error(), { code: 'EPIPE' }),
  };
  const { promise: answer, resolve } = Promise.withResolvers<Response>();

  await receiveWebhooks({ port: 0, status: 200, json: false }, out, {
    signal: new AbortController().signal,
    onReady: (url) => resolve(fetch(url, { method: 'POST', body: '\u001b[31mred' })),
  });

  expect(lines).toEqual([expect.stringMatching(/not verified\n {2}red$/)]);
  expect((await answer).status).toBe(200);
});
