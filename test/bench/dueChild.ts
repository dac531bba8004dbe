/** A process that sweeps once on given storage and broker, everything in one run; its parent kills it. Arguments: the two connection strings. */
import { openBus } from '../../shared/messaging/bus.ts';
import { eventTopic } from '../../shared/messaging/publishers.ts';
import { DISPATCH_LIMITS } from '../../shared/sweeper/dispatch.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { LIFECYCLE } from '../support/samples.ts';
import { sweepPorts } from './dueStand.ts';

const [, , storage = '', broker = ''] = process.argv;
const bus = openBus({ connectionString: broker });
const ports = sweepPorts({ connectionString: storage }, eventTopic(bus), bus);
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
await sweep(ports, LIFECYCLE, { ...DISPATCH_LIMITS, ownEntries: Number.POSITIVE_INFINITY });
process.send?.('done');
await bus.close();
process.exit(0);
