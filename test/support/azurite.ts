/**
 * Azurite's table service in a process of the caller: in memory, on a free port. A test that only needs empty tables
 * uses `storageAccount.ts` instead, because a start takes most of a second of processor time.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EMULATOR_ACCOUNT, type StorageAccount, storageConnectionAt } from '../../local/stack/standins.ts';

const ENTRY = fileURLToPath(new URL('../../local/stack/azuriteMain.ts', import.meta.url));

export interface Azurite {
  connectionString: string;
  stop(): Promise<void>;
}

/** Starts Azurite with the emulator's account; resolves when it is ready. */
export async function startAzurite(): Promise<Azurite> {
  const { port, stop } = await startAzuriteWith([EMULATOR_ACCOUNT]);
  return { connectionString: storageConnectionAt(port), stop };
}

/** Starts Azurite with these accounts; resolves when it is ready. The tables of an account are separate. */
export async function startAzuriteWith(accounts: StorageAccount[]) {
  const args = ['--tablePort', '0', '--inMemoryPersistence', '--silent', '--disableTelemetry'];
  const AZURITE_ACCOUNTS = accounts.map(({ name, key }) => `${name}:${key}`).join(';');
  const child = fork(ENTRY, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, AZURITE_ACCOUNTS },
    // Without the options of the test worker, which only slow the start down.
    execArgv: [],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    port,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
