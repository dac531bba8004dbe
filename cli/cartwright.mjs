#!/usr/bin/env node
/**
 * The command `cartwright`. Its code is TypeScript, which Node runs from version 22.18 on; with an older Node it runs on
 * the one that `npm ci` installs. It uses nothing that Node 20 does not have.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const installed = fileURLToPath(new URL('../node_modules', import.meta.url));
const bundledNode = `${installed}/node/bin/node`;

if (!existsSync(`${installed}/commander`)) {
  end('cartwright needs its dependencies: run npm ci in its folder.');
} else if (major >= 24 || ((major > 22 || (major === 22 && minor >= 18)) && !existsSync(bundledNode))) {
  // Compiling is half of the start. Node keeps the result here, where it has that function and may write.
  nodeModule.enableCompileCache?.(`${installed}/.cache/node`);
  const { main } = await import('./main.ts');
  await main();
} else if (existsSync(bundledNode)) {
  runOn(bundledNode);
} else {
  end(
    `cartwright needs Node 22.18 or newer, and this is ${process.versions.node}: run npm ci without --ignore-scripts, which installs one, or install Node 24.`,
  );
}

/** Runs this command on another Node, with its input, output, signals and exit code. */
function runOn(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  child.on('error', (error) => end(`${node} cannot be run (${error.code}): run npm ci again.`));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to the child as well.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function end(sentence) {
  console.error(sentence);
  process.exit(2);
}
