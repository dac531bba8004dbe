/**
 * The error with which a start fails. Azure logs an invalid function and serves the others, which hides the
 * mistake until a caller needs the function; this host does not start and reports every mistake.
 */

/** A start that failed; `reasons` has one sentence for each mistake, `message` joins them. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly reasons: readonly string[];

  constructor(...reasons: readonly string[]) {
    super(reasons.join(' '));
    this.reasons = reasons;
  }
}

/** The message of a thrown value, which need not be an Error. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
