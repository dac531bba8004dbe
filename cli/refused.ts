/**
 * Why a command cannot do what was requested, as one sentence for the operator: a port in use, a folder without write
 * permission, no running stack. The caller prints the sentence without a stack trace and ends with the exit code.
 */
import { EXIT_CODES } from './exitCodes.ts';

export class Refused extends Error {
  override readonly name: string = 'Refused';
  readonly exitCode: number = EXIT_CODES.incomplete.code;
}

/** The command line is invalid. */
export class BadOption extends Refused {
  override readonly name = 'BadOption';
  override readonly exitCode = EXIT_CODES.rejected.code;
}

/** A file of the operator's cannot be read, or its content is invalid. */
export class BadFile extends Refused {
  override readonly name = 'BadFile';
  override readonly exitCode = EXIT_CODES.rejected.code;
}

/** A file or standard output cannot be written. */
export class Unwritten extends Refused {
  override readonly name = 'Unwritten';
  override readonly exitCode = EXIT_CODES.unwritten.code;
}
