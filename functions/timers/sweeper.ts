/** Sweeps what is due: notices before expiry, expiry, checkouts that nobody has ended, and what retention has released. */
import { app } from '@azure/functions';
import { jsonLogger } from '../../shared/jsonLogger.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { service, settings } from '../container.ts';

app.timer('sweepDue', {
  schedule: settings().SWEEP_SCHEDULE,
  async handler(_timer, context) {
    const ports = service().ports(jsonLogger(context));
    const report = await sweep(ports, service().policies.lifecycle);
    if (report.processed > 0) ports.log.info('swept', { ...report });
  },
});
