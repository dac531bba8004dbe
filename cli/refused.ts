/**
 * Why a command of the local stack does not do what it was asked, as one sentence for the developer: a taken port,
 * a folder that cannot be written, no stack to ask. Whoever catches it prints the sentence and no stack trace, and
 * ends with its exit code.
 */

export class Refused extends Error {
  override readonly name: string = 'Refused';
  readonly exitCode: number = 1;
}

/** The command line itself is wrong. */
export class BadOption extends Refused {
  override readonly name = 'BadOption';
  override readonly exitCode = 2;
}
