/**
 * Runs a command line from its arguments to the exit code. A refusal is its sentence and its exit code; an unexpected
 * error keeps its stack trace. When everything went well but standard output could not be written, the exit code says
 * so. It does not end the process.
 */
import { type CliCommand, isHelp } from './command.ts';
import { EXIT_CODES } from './exitCodes.ts';
import { Refused } from './refused.ts';
import { type Output, printable } from './terminal.ts';

export interface Outputs {
  out: Output;
  err: Output;
}

/** The commands, which write to an output and pass on an exit code. */
export type Program = (out: Output, ends: (code: number) => void) => CliCommand;

/** The exit code of these arguments, when all output has been written. */
export async function exitCodeOf(
  program: Program,
  args: readonly string[],
  { out, err }: Outputs,
): Promise<number> {
  const code = await codeOf(program, args, { out, err });
  const failure = await out.failure();
  if (failure && failure.code !== 'EPIPE') {
    err.line(`Standard output cannot be written (${failure.code ?? failure.message}).`);
  }
  await err.failure();
  return failure && code === EXIT_CODES.done.code ? EXIT_CODES.unwritten.code : code;
}

async function codeOf(program: Program, args: readonly string[], { out, err }: Outputs): Promise<number> {
  let code: number = EXIT_CODES.done.code;
  const command = program(out, (ended) => {
    code = ended;
  });
  command.writesTo((text) => out.line(text.replace(/\n$/, '')));
  try {
    await command.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (isHelp(error)) return EXIT_CODES.done.code;
    if (error instanceof Refused) {
      err.line(printable(error.message));
      return error.exitCode;
    }
    err.line(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT_CODES.unexpected.code;
  }
}
