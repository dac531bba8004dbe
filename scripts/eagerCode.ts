/**
 * The code that the worker reads before the first call, from the report of the bundler: the entry and everything that it
 * imports statically. What is behind `import()` is not part of it.
 */

export interface Output {
  bytes: number;
  entryPoint?: string;
  imports: { path: string; kind: string; external?: boolean }[];
  inputs: Record<string, { bytesInOutput: number }>;
}

/** The part of esbuild's metafile that is read here. */
export interface Meta {
  outputs: Record<string, Output>;
  inputs: Record<string, unknown>;
}

/** The most that may be loaded before the first call, minified, in bytes. zod alone is a quarter of it. */
export const EAGER_BUDGET = 420 * 1_024;

/** The files that are loaded at the start. */
export function eagerOutputs({ outputs }: Meta): Output[] {
  const main = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === 'functions/main.ts') ?? '';
  const reached = new Set([main]);
  for (const path of reached) {
    for (const { path: next, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) reached.add(next);
    }
  }
  return [...reached].flatMap((path) => outputs[path] ?? []);
}

export const eagerBytes = (meta: Meta): number =>
  eagerOutputs(meta).reduce((sum, { bytes }) => sum + bytes, 0);

/** Bytes by package, or by folder of this repository, the largest first. */
export function eagerParts(meta: Meta): [part: string, bytes: number][] {
  const parts = new Map<string, number>();
  for (const { inputs } of eagerOutputs(meta)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const [, name = path.split('/').slice(0, 2).join('/')] =
        /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
      parts.set(name, (parts.get(name) ?? 0) + bytesInOutput);
    }
  }
  return [...parts].sort(([, one], [, other]) => other - one);
}
