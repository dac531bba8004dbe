/** What the bundle does beyond the compiler's own rules, to load little and in few files at the start of a process. */
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Makes each module behind `import()` depend on the entry, which is loaded by then. The compiler puts modules into a chunk
 * that the same entry points reach; without this, what is loaded at the start is scattered over dozens of small files,
 * each of which the process has to find, read, compile and link.
 */
export function dependOnEntry(main: string): Plugin {
  return {
    name: 'depend-on-entry',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\..*\.ts$/ }, ({ kind, path, resolveDir }) =>
        kind === 'dynamic-import' ? { path: join(resolveDir, path), namespace: 'lazy' } : undefined,
      );
      onLoad({ filter: /./, namespace: 'lazy' }, ({ path }) => ({
        contents: `import ${JSON.stringify(main)}; export * from ${JSON.stringify(path)};`,
        resolveDir: dirname(path),
      }));
    },
  };
}

/** Compiled by the compiler, in Go, so that it asks about no other import. */
const BUILTIN = new RegExp(`^(node:)?(${builtinModules.join('|')})$`);

/**
 * Takes the names that are imported from a built-in module, and only them, from the module itself. An `import` makes Node
 * read every property of the module, which loads parts that nothing uses: with `node:util` worker threads, with
 * `node:crypto` the Web Crypto API. They are a tenth of the bundle's load time.
 */
export const builtinsByName: Plugin = {
  name: 'builtins-by-name',
  setup({ initialOptions: { absWorkingDir = '' }, onResolve, onLoad }) {
    onResolve({ filter: BUILTIN }, ({ kind, path, importer }) => {
      if (kind !== 'import-statement') return undefined;
      const name = path.replace('node:', '');
      // One module for each importer: one that several chunks share would become a separate file.
      return {
        path: `${name} of ${relative(absWorkingDir, importer)}`,
        namespace: 'builtin',
        pluginData: name,
      };
    });
    onLoad({ filter: /./, namespace: 'builtin' }, ({ pluginData }) => ({
      contents: builtinModule(pluginData),
    }));
  },
};

/** A module with the exports of a built-in one. They are marked as pure, so that the compiler drops those that nothing imports. */
function builtinModule(name: string): string {
  const names = Object.keys(process.getBuiltinModule(`node:${name}`) ?? {}).filter(
    (key) => key !== 'default',
  );
  return [
    `const builtin = /* @__PURE__ */ process.getBuiltinModule('node:${name}');`,
    'export default builtin;',
    ...names.map(
      (key, n) => `const name${n} = /* @__PURE__ */ (() => builtin.${key})(); export { name${n} as ${key} };`,
    ),
  ].join('\n');
}

/**
 * Includes the connection pool of undici, and not the rest of it, such as its `fetch`: 240 KB that the first request to
 * storage would load. An import of another name fails the build.
 */
export const undiciAgentOnly: Plugin = {
  name: 'undici-agent-only',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, ({ resolveDir }) => ({
      path: 'agent',
      namespace: 'undici',
      pluginData: resolveDir,
    }));
    onLoad({ filter: /./, namespace: 'undici' }, ({ pluginData }) => ({
      contents: "export { default as Agent } from 'undici/lib/dispatcher/agent.js';",
      resolveDir: pluginData,
    }));
  },
};
