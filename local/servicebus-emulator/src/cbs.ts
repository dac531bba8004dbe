/**
 * Claims-based security (`$cbs`): before a client attaches to an entity, it puts a token for that entity. A token that
 * is not valid for its audience authorizes nothing, and the response states the reason.
 */

import { types } from './amqp.ts';
import type { ClientConnection } from './clientConnection.ts';
import type { Request, Response } from './requestResponse.ts';
import { type AccessKey, sasTokenError } from './sasToken.ts';

const SAS_TOKEN = 'servicebus.windows.net:sastoken';

/** Responds to a `put-token` request. Authorizes the connection for the audience when the token is valid for it. */
export function putToken(request: Request, client: ClientConnection, key: AccessKey): Response {
  const { operation, properties, body } = request;
  const audience = String(properties.name);
  if (operation !== 'put-token') return status(501, `$cbs does not support the operation '${operation}'.`);
  if (properties.type !== SAS_TOKEN)
    return status(401, `The emulator supports tokens of type '${SAS_TOKEN}' only.`);
  const error = sasTokenError(String(body), audience, key, Date.now());
  if (error) return status(401, error);
  client.authorize(audience);
  return status(200, 'OK');
}

function status(code: number, description: string): Response {
  return {
    properties: { 'status-code': types.wrap_int(code), 'status-description': description },
    body: null,
  };
}
