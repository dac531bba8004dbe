/** Azurite's table service for one test file: a separate process, in memory, on a free port. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { storageConnectionAt } from '../../local/stack/standins.ts';

const ENTRY = fileURLToPath(new URL('../../local/stack/azuriteMain.ts', import.meta.url));

export interface Azurite {
  connectionString: string;
  stop(): Promise<void>;
}

/** Starts Azurite; resolves when it is ready. */
export async function startAzurite(): Promise<Azurite> {
  const args = ['--tablePort', '0', '--inMemoryPersistence', '--silent', '--disableTelemetry'];
  const child = fork(ENTRY, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [ready] = (await once(child, 'message')) as [{ port: number }];
  return {
    connectionString: storageConnectionAt(ready.port),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
