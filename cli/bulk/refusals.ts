/** The ways in which a bulk command ends early, each with its exit code. */
import { Refused } from '../refused.ts';

/** The file cannot be ordered from. */
export class BadFile extends Refused {
  override readonly name = 'BadFile';
  override readonly exitCode = 2;
}

/** The service has answered, and says no; a repeat would get the same answer. */
export class RefusedByService extends Refused {
  override readonly name = 'RefusedByService';
  override readonly exitCode = 2;
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** The service has not answered for too long. */
export class Unreachable extends Refused {
  override readonly name = 'Unreachable';
  override readonly exitCode = 3;
}
