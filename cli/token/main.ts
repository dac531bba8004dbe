/**
 * `npm run --silent token -- --tenant GUID [--user GUID] [--app GUID]`: prints a token for the running local stack
 * and nothing else, so that it can stand in `$(…)`. With a user it is an App+User token, without one an App token.
 */

import { requestToken } from '../../local/issuer/requestToken.ts';
import { findRunning } from '../../local/stack/findRunning.ts';
import { readGuid, readOptions, runCommand } from '../commandLine.ts';

await runCommand(async () => {
  const values = readOptions({
    tenant: { type: 'string' },
    user: { type: 'string' },
    app: { type: 'string' },
    data: { type: 'string' },
  });
  const caller = {
    tenant: readGuid('--tenant', values.tenant),
    user: readGuid('--user', values.user),
    app: readGuid('--app', values.app),
  };
  const running = await findRunning(values.data);
  console.log(await requestToken(running.issuerUrl, caller));
});
