import { LEDGER } from './gateways.ts';
import { runScenario } from './run.ts';
import { EFFECTS, SCENARIOS, SIGHTS } from './scenario.ts';
import { describeCrashes } from './suite.ts';

describeCrashes({
  gateway: LEDGER,
  scenarios: SCENARIOS,
  run: runScenario,
  effects: [...EFFECTS, 'carts.purge'],
  sights: SIGHTS,
  file: 'test/crash/ledger.test.ts',
});
