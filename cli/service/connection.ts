/**
 * Which service a command works with: the one that its options name, else the environment's, else the running local
 * stack. The subcommands that call the service have these options in common.
 */
import { Option } from 'commander';
import type { CliCommand } from '../command.ts';
import { quoted, readFolder } from '../commandLine.ts';
import { BadOption } from '../refused.ts';
import { commandToken, fileToken, fixedToken, requestedToken, type TokenSource } from './tokens.ts';

export interface Connection {
  url?: string | undefined;
  token?: string | undefined;
  tokenFile?: string | undefined;
  tokenCommand?: string | undefined;
  /** Data folder of a local stack. */
  data?: string | undefined;
}

export interface Service {
  /** Without `/v1` and a slash at its end. */
  url: string;
  tokens: TokenSource;
}

/** Adds the options that name a service. */
export function withConnection(command: CliCommand): CliCommand {
  const tokens = ['token', 'tokenFile', 'tokenCommand'];
  const others = (name: string) => tokens.filter((one) => one !== name);
  return command
    .option('--url <URL>', 'URL of the service (or CARTWRIGHT_URL; default: the running local stack)')
    .addOption(new Option('--token <TOKEN>', 'bearer token (or CARTWRIGHT_TOKEN)').conflicts(others('token')))
    .addOption(
      new Option(
        '--token-file <FILE>',
        'file with a bearer token, read again when the token expires (or CARTWRIGHT_TOKEN_FILE)',
      ).conflicts(others('tokenFile')),
    )
    .addOption(
      new Option(
        '--token-command <COMMAND>',
        'shell command that prints a bearer token, run again when the token expires (or CARTWRIGHT_TOKEN_COMMAND)',
      ).conflicts(others('tokenCommand')),
    )
    .addOption(
      new Option('--data <FOLDER>', 'data folder of a local stack (default: .local)').conflicts([
        'url',
        ...tokens,
      ]),
    );
}

/** The connection among a command's options. */
export const connectionOf = ({ url, token, tokenFile, tokenCommand, data }: Connection): Connection => ({
  url,
  token,
  tokenFile,
  tokenCommand,
  data,
});

/** The service and its tokens; throws BadOption, or Unreachable when no stack is running. */
export async function connect(options: Connection, environment = process.env): Promise<Service> {
  const { url, tokens } = await locate(options, environment);
  if (tokens === undefined) throw new BadOption('--url requires --token, --token-file or --token-command.');
  return { url, tokens };
}

/** The same for a command that needs no token: a service that `--url` names may come without one. */
export async function locate(
  options: Connection,
  environment = process.env,
): Promise<{ url: string; tokens: TokenSource | undefined }> {
  const url = options.url ?? (environment.CARTWRIGHT_URL || undefined);
  const tokens = tokensOf(options) ?? tokensOf(fromEnvironment(environment));
  if (options.data === undefined && (url ?? tokens) !== undefined) {
    if (url === undefined) throw new BadOption('A token requires --url.');
    return { url: rootOf(url), tokens };
  }
  const data = readFolder('--data', options.data);
  // Loaded here: every command declares these options, and few commands use a local stack.
  const [{ findRunning }, { requestToken }] = await Promise.all([
    import('../../local/stack/findRunning.ts'),
    import('../../local/issuer/requestToken.ts'),
  ]);
  const { url: local, issuerUrl } = await findRunning(data, 'For another service, pass --url and a token.');
  return { url: local, tokens: requestedToken(() => requestToken(issuerUrl)) };
}

/** The options to repeat in a command that continues this one. A token is never printed. */
export function connectionText({ url, tokenFile, tokenCommand, data }: Connection): string {
  const options = {
    '--url': url,
    '--token-file': tokenFile,
    '--token-command': tokenCommand,
    '--data': data,
  };
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value = '']) => ` ${name} ${quoted(value)}`)
    .join('');
}

function tokensOf({ token, tokenFile, tokenCommand }: Connection): TokenSource | undefined {
  if (token !== undefined) return fixedToken(token);
  if (tokenFile !== undefined) return fileToken(tokenFile);
  return tokenCommand === undefined ? undefined : commandToken(tokenCommand);
}

const fromEnvironment = (environment: NodeJS.ProcessEnv): Connection => ({
  token: environment.CARTWRIGHT_TOKEN || undefined,
  tokenFile: environment.CARTWRIGHT_TOKEN_FILE || undefined,
  tokenCommand: environment.CARTWRIGHT_TOKEN_COMMAND || undefined,
});

function rootOf(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) {
    return `${url.origin}${url.pathname}`.replace(/\/+(v1\/*)?$/i, '');
  }
  throw new BadOption(`--url must be a URL such as https://carts.example, not '${text}'.`);
}
