/** `cartwright token`: its options and help. */
import { CliCommand } from '../command.ts';
import { readGuid } from '../commandLine.ts';

export interface TokenOptions {
  tenant?: string | undefined;
  user?: string | undefined;
  app?: string | undefined;
  /** Data folder of the local stack. */
  data?: string | undefined;
  json: boolean;
}

/** `cartwright token`, which passes what is typed to `run`. */
export function tokenCommand(run: (options: TokenOptions) => Promise<void>): CliCommand {
  return new CliCommand(
    'token',
    'Print a bearer token for the running local stack. With --user it is an App+User token, otherwise an App token.',
  )
    .option('--tenant <GUID>', 'partner tenant')
    .option('--user <GUID>', 'object id of the user')
    .option('--app <GUID>', 'application id')
    .option('--data <FOLDER>', 'data folder of the local stack (default: .local)')
    .option('--json', 'print the token and when it expires as JSON, for scripts')
    .examples({
      'token --tenant 5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11': 'print an App token of a partner tenant',
      'token --user 3b7a1c52-8f4e-4d0a-9c36-2f5e8d71b940 --json': 'print an App+User token as JSON',
    })
    .exitCodes()
    .action(({ tenant, user, app, data, json = false }: Partial<TokenOptions>) =>
      run({
        tenant: readGuid('--tenant', tenant),
        user: readGuid('--user', user),
        app: readGuid('--app', app),
        data,
        json,
      }),
    ) as CliCommand;
}
