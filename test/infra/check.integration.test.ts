/** `npm run infra:check` on a machine without the .NET SDK. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../scripts/infra/check.ts');

function check(...flags: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...flags], {
    env: {
      PATH: mkdtempSync(join(tmpdir(), 'no-dotnet-')),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    },
    encoding: 'utf8',
  });
  return { status, lines: `${stdout}${stderr}`.trim().split('\n') };
}

it('Without the .NET SDK, infra:check prints that it is skipped and succeeds', () => {
  expect(check()).toEqual({
    status: 0,
    lines: ['infra:check skipped: dotnet is not installed; the .NET SDK restores the Bicep compiler.'],
  });
});

it('Without the .NET SDK, infra:check --require fails', () => {
  expect(check('--require')).toEqual({
    status: 1,
    lines: ['infra:check failed: dotnet is not installed; the .NET SDK restores the Bicep compiler.'],
  });
});
