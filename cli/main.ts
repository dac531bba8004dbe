/**
 * The command line `cartwright`: its subcommands, each in a folder of its name. `command.ts` there declares what can be
 * typed; what it runs is imported only then, so that `--help` does not load an SDK.
 */
import packageJson from '../package.json' with { type: 'json' };
import { bulkCommand } from './bulk/command.ts';
import { catalogCommand } from './catalog/command.ts';
import { CliCommand } from './command.ts';
import { eventsCommand } from './events/command.ts';
import { parkedCommand } from './parked/command.ts';
import { exitCodeOf } from './run.ts';
import { smokeCommand } from './smoke/command.ts';
import { type Output, outputTo } from './terminal.ts';
import { tokenCommand } from './token/command.ts';
import { webhookCommand } from './webhook/command.ts';

/** All commands; results are written to `out`, and `ends` receives the exit code. */
export function program(out: Output, ends: (code: number) => void): CliCommand {
  const commands = [
    bulkCommand(async (request) => ends(await (await import('./bulk/run.ts')).runBulk(request, out))),
    parkedCommand(async (request) => ends(await (await import('./parked/run.ts')).runParked(request, out))),
    eventsCommand(async (request) => ends(await (await import('./events/run.ts')).runEvents(request, out))),
    webhookCommand(async (request) =>
      ends(await (await import('./webhook/run.ts')).runReceive(request, out)),
    ),
    catalogCommand(async (request) => ends((await import('./catalog/validate.ts')).validate(request, out))),
    smokeCommand(async (request) => ends(await (await import('./smoke/run.ts')).runSmoke(request, out))),
    tokenCommand(async (options) => ends(await (await import('./token/print.ts')).printToken(options, out))),
  ];
  const all = new CliCommand('cartwright', 'The command line for operators and order desks.')
    .version(packageJson.version, '-V, --version', 'Print the version.')
    .examples({
      'bulk submit orders.csv': 'order what is in a file',
      'parked list': 'list the messages that could not be processed',
      'bulk submit --help': 'print the options of a command',
    })
    .exitCodes();
  for (const command of commands) all.addCommand(command);
  return all;
}

/** Runs the arguments of this process, and ends it. */
export async function main(): Promise<never> {
  const outputs = { out: outputTo(process.stdout), err: outputTo(process.stderr) };
  process.exit(await exitCodeOf(program, process.argv.slice(2), outputs));
}
