/**
 * The process that is the broker: the Service Bus emulator, and the token issuer beside it because both stand in
 * for parts of Azure that do not fail with the app. Tests control the emulator through requests.
 * Secrets are passed in the environment, everything else as options.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Entities, startServiceBus } from '@cartwright/servicebus-emulator';
import { startIssuer } from '../issuer/issuer.ts';
import { answerControl, type Control } from './brokerControl.ts';
import { runChild } from './childProcess.ts';

const { values } = parseArgs({
  options: {
    entities: { type: 'string' },
    'issuer-key': { type: 'string' },
    'bus-port': { type: 'string', default: '0' },
    'issuer-port': { type: 'string', default: '0' },
  },
});
const { LOCAL_BUS_KEY, LOCAL_IDENTITY_HEADER } = process.env;

await runChild(async () => {
  const issuer = await startIssuer({
    port: Number(values['issuer-port']),
    ...(values['issuer-key'] !== undefined && { keyFile: values['issuer-key'] }),
    ...(LOCAL_IDENTITY_HEADER !== undefined && { identityHeader: LOCAL_IDENTITY_HEADER }),
  });
  const bus = await startServiceBus({
    entities: JSON.parse(await readFile(String(values.entities), 'utf8')) as Entities,
    port: Number(values['bus-port']),
    ...(LOCAL_BUS_KEY !== undefined && { key: LOCAL_BUS_KEY }),
  });
  return {
    ready: {
      port: bus.port,
      issuerPort: issuer.port,
      issuerUrl: issuer.url,
      jwksUrl: issuer.jwksUrl,
      identityEndpoint: issuer.identityEndpoint,
      connectionString: bus.connectionString,
    },
    answer: (question) => answerControl(bus, question as Control),
    close: async () => {
      await Promise.all([bus.close(), issuer.close()]);
    },
  };
});
