/** `cartwright webhook`: its options and help; what is typed becomes a `ReceiveRequest`. */
import { isSecret } from '../../shared/webhooks/signature.ts';
import { CliCommand } from '../command.ts';
import { readPort } from '../commandLine.ts';
import { BadOption } from '../refused.ts';

export interface ReceiveRequest {
  port: number;
  /** The secret that verifies deliveries; without it, they are printed unverified. */
  secret?: string | undefined;
  /** The status of every response to a delivery. */
  status: number;
  /** How many deliveries to receive; until the command is ended if absent. */
  count?: number | undefined;
  json: boolean;
}

interface Options {
  port: string;
  secret?: string;
  status: string;
  count?: string;
  json?: true;
}

/** `cartwright webhook`, which passes what is typed to `run`. */
export function webhookCommand(run: (request: ReceiveRequest) => Promise<void>): CliCommand {
  const examples = {
    'webhook receive --port 8080 --secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw':
      'print deliveries to http://127.0.0.1:8080, verified with this secret',
    'webhook receive --port 8080 --status 503': 'reject every delivery, to watch the retries',
  };
  const receive = new CliCommand('receive', 'Receive webhooks on this machine, verify and print them.')
    .option('--port <NUMBER>', 'port on the loopback address; 0 for a free one', '8080')
    .option('--secret <TEXT>', 'secret of the registration, whsec_… (or CARTWRIGHT_WEBHOOK_SECRET)')
    .option('--status <NUMBER>', 'status of every response', '204')
    .option('--count <NUMBER>', 'end after this number of deliveries (default: never)')
    .option('--json', 'print each delivery as a line of JSON, for scripts')
    .examples(examples)
    .exitCodes()
    .action((options: Options) => run(requestOf(options)));
  const group = new CliCommand('webhook', 'Receive webhooks on this machine.').examples(examples).exitCodes();
  group.addCommand(receive);
  return group;
}

function requestOf({ port, status, count, json, ...options }: Options): ReceiveRequest {
  const secret = options.secret ?? (process.env.CARTWRIGHT_WEBHOOK_SECRET || undefined);
  if (secret !== undefined && !isSecret(secret)) {
    throw new BadOption(
      '--secret must be the Secret of the registration: whsec_ and 24 to 64 bytes in base64.',
    );
  }
  return {
    port: readPort('--port', port),
    secret,
    status: readNumber('--status', status, { min: 200, max: 599 }),
    count: count === undefined ? undefined : readNumber('--count', count, { min: 1, max: 1_000_000 }),
    json: json === true,
  };
}

function readNumber(name: string, text: string, { min, max }: { min: number; max: number }): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new BadOption(`${name} must be an integer from ${min} to ${max}, not '${text}'.`);
}
