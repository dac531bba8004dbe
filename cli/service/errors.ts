/** How a request to the service ends without an answer to work with, each with its exit code. */
import { EXIT_CODES } from '../exitCodes.ts';
import { Refused } from '../refused.ts';

/** The service has answered and rejects the request; a repeat would get the same answer. */
export class RejectedByService extends Refused {
  override readonly name = 'RejectedByService';
  override readonly exitCode = EXIT_CODES.rejected.code;
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** The service could not be reached for too long. */
export class Unreachable extends Refused {
  override readonly name = 'Unreachable';
  override readonly exitCode = EXIT_CODES.unknown.code;
}

/** Something was submitted, and the command ends before its outcome is known. */
export class OutcomeUnknown extends Refused {
  override readonly name = 'OutcomeUnknown';
  override readonly exitCode = EXIT_CODES.unknown.code;
}
