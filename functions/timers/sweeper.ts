/** Runs the sweeper: expiry events, watchdog checks of running checkouts and bulk orders, and purges after retention. */
import { app } from '@azure/functions';
import { jsonLogger } from '../../shared/jsonLogger.ts';
import { service, settings } from '../container.ts';

app.timer('sweepDue', {
  schedule: settings().SWEEP_SCHEDULE,
  async handler(_timer, context) {
    const { sweep } = await import('../../shared/sweeper/sweep.ts');
    const ports = service().ports(jsonLogger(context));
    const { lifecycle, webhooks, erasure } = service().policies;
    const report = await sweep(ports, { ...lifecycle, delivery: webhooks.delivery, erasure });
    if (report.processed > 0) ports.log.info('sweep ended', { ...report });
  },
});
