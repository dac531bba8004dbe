/**
 * Why the host does not start. Azure logs a broken function and serves the rest, which hides the mistake until
 * somebody misses the function; here every such mistake ends the start, with one sentence each.
 */

/** A start that cannot go on; `reasons` are sentences for the developer, `message` is all of them. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly reasons: readonly string[];

  constructor(...reasons: readonly string[]) {
    super(reasons.join(' '));
    this.reasons = reasons;
  }
}

/** The sentence in whatever was thrown. */
export function sentenceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
