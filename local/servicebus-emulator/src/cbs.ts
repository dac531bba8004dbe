// `$cbs`, where a client shows a token for every entity before it attaches to it. It promises that a token that is not
// good for the audience opens nothing, and that the client hears why.

import { types } from './amqp.ts';
import type { Client } from './client.ts';
import type { Answer, Request } from './requests.ts';
import { type AccessKey, tokenFault } from './sharedAccess.ts';

const SAS_TOKEN = 'servicebus.windows.net:sastoken';

/** Answers a `put-token` request, and grants the client the audience if the token is good for it. */
export function putToken(request: Request, client: Client, key: AccessKey): Answer {
  const { operation, properties, body } = request;
  const audience = String(properties.name);
  if (operation !== 'put-token') return status(501, `There is no operation '${operation}' on $cbs.`);
  if (properties.type !== SAS_TOKEN) return status(401, 'The emulator takes shared access signatures only.');
  const fault = tokenFault(String(body), audience, key, Date.now());
  if (fault) return status(401, fault);
  client.grant(audience);
  return status(200, 'OK');
}

function status(code: number, description: string): Answer {
  return {
    properties: { 'status-code': types.wrap_int(code), 'status-description': description },
    body: null,
  };
}
