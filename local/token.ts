/**
 * `npm run --silent token -- --tenant GUID [--user GUID] [--app GUID]`: prints a token for the running local stack
 * and nothing else, so that it can stand in `$(…)`. With a user it is an App+User token, without one an App token.
 */
import { join, resolve } from 'node:path';
import { readGuid, readOptions, runCommand } from './commandLine.ts';
import { requestToken } from './issuer/requestToken.ts';
import { Refused } from './refused.ts';
import { repositoryFolder } from './stack/commands.ts';
import { dataFolderAt } from './stack/dataFolder.ts';
import { isAlive, readRunFile } from './stack/runFile.ts';

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
  const data = dataFolderAt(resolve(values.data ?? join(repositoryFolder, '.local')));

  const running = await readRunFile(data.runFile);
  if (running?.issuerUrl === undefined || !isAlive(running)) {
    throw new Refused(`No local stack is running on ${data.path}; npm start starts one.`);
  }
  console.log(await requestToken(running.issuerUrl, caller));
});
