import { partnerCenter } from './gateways.ts';
import { runScenario } from './run.ts';
import { EFFECTS, SCENARIOS, SIGHTS } from './scenario.ts';
import { describeCrashes } from './suite.ts';

const file = 'test/crash/partnerCenter.test.ts';
const withCheckout = SCENARIOS.filter(({ ends }) => ends);

describeCrashes({
  gateway: partnerCenter({ idempotency: true, echo: true }),
  scenarios: withCheckout,
  run: runScenario,
  effects: [...EFFECTS, 'carts.purge'],
  // The outcome of a 503 without Retry-After is not known.
  sights: [...SIGHTS, 'leftUnknown'],
  file,
});

// Either means of protection carries alone.
for (const desk of [
  { idempotency: false, echo: true },
  { idempotency: true, echo: false },
]) {
  describeCrashes({
    gateway: partnerCenter(desk),
    scenarios: withCheckout.filter(({ name }) => name === 'two order groups' || name.includes('look-up')),
    run: runScenario,
    effects: EFFECTS.filter((name) => name !== 'parked.parkExpired'),
    sights: [],
    file,
  });
}
