import { partnerCenter } from './gateways.ts';
import { runScenario } from './run.ts';
import { EFFECTS, SCENARIOS, SIGHTS } from './scenario.ts';
import { describeCrashes } from './suite.ts';

const file = 'test/crash/partnerCenter.test.ts';
const withCheckout = SCENARIOS.filter(({ ends }) => ends);

describeCrashes({
  gateway: partnerCenter({ idempotency: true }),
  scenarios: withCheckout,
  run: runScenario,
  effects: EFFECTS,
  sights: SIGHTS,
  file,
});

describeCrashes({
  gateway: partnerCenter({ idempotency: false }),
  scenarios: withCheckout.filter(({ name }) => name === 'two order groups' || name.includes('look-up')),
  run: runScenario,
  effects: EFFECTS.filter((name) => name !== 'parked.parkGivenUp'),
  sights: [],
  file,
});
