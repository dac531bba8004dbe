/** Sweeps what is due: notices before expiry, expiry, checkouts that nobody has ended, and what retention has released. */
import { app } from '@azure/functions';
import { lineLog } from '../../shared/jsonLogger.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { service, settings } from '../container.ts';

app.timer('sweepDue', {
  schedule: settings.SWEEP_SCHEDULE,
  async handler(_timer, context) {
    const ports = service.ports(lineLog(context));
    const report = await sweep(ports, service.policies.look);
    if (report.looked > 0) ports.log.info('swept', { ...report });
  },
});
