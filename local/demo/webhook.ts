/** A webhook of the demo: a receiver on this machine that verifies what arrives and prints it. */
import { receiveWebhooks } from '../../cli/webhook/receive.ts';
import { check, print } from './output.ts';
import type { SendRequest } from './storefront.ts';

/** A delivery as the receiver prints it. */
interface Notice {
  id: string;
  problem?: string;
  body: string;
}

/** Registers a webhook for these events. `received` grows until `close` is called. */
export async function registerWebhook(send: SendRequest, events: readonly string[]) {
  const received: Notice[] = [];
  const ended = new AbortController();
  const ready = Promise.withResolvers<string>();
  const settings = { port: 0, status: 204, json: true, secret: undefined as string | undefined };
  const out = {
    line(text: string) {
      const notice = JSON.parse(text) as Notice;
      received.push(notice);
      print(`✉ webhook-id ${notice.id}: ${notice.problem ?? 'signature verified'}`);
    },
    failure: async () => undefined,
  };
  const receiving = receiveWebhooks(settings, out, { signal: ended.signal, onReady: ready.resolve });
  const { status, body } = await send('POST', '/webhooks/v1/registration', {
    body: { WebhookUrl: `${await ready.promise}/`, WebhookEvents: events },
    quiet: true, // the response has the secret
  });
  check(status === 200 && body.Secret !== undefined, `a webhook is registered for ${events.join(', ')}`);
  settings.secret = body.Secret;
  return {
    received,
    async close() {
      ended.abort();
      await receiving;
    },
  };
}
