/**
 * Loaded before every command of package.json (`node --import`): on a Node that cannot run the sources, it prints
 * one sentence instead of a stack trace. `npm ci` installs a Node 24 that npm's scripts use, so that the Node of
 * the machine does not matter; with --ignore-scripts it is missing. Plain JavaScript, because an old Node reads it.
 * Node keeps the compiled code of the command for its next run: compiling is half of a start.
 */
import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);

// Type stripping is enabled by default since these.
if (major < 22 || (major === 22 && minor < 18) || (major === 23 && minor < 6)) {
  console.error(
    `Cartwright needs Node 22.18 or newer and this is Node ${process.versions.node}: run 'npm ci' without --ignore-scripts, which installs Node 24 for this project.`,
  );
  process.exit(1);
}

nodeModule.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url)));
