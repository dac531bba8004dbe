/** Builds the bundle before any test: whoever runs a suite by itself runs it against the code as it stands. */
export async function setup(): Promise<void> {
  await import('../../scripts/build.ts');
}
