import { LEDGER } from './gateways.ts';
import { EFFECTS, SCENARIOS } from './scenario.ts';
import { describeCrashes } from './suite.ts';

describeCrashes({
  gateway: LEDGER,
  scenarios: SCENARIOS,
  effects: [...EFFECTS, 'carts.purge'],
  file: 'test/crash/ledger.test.ts',
});
