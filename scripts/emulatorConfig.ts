/**
 * Prints the configuration of Microsoft's Service Bus emulator with the entities of infra/servicebus.json:
 * `node scripts/emulatorConfig.ts > Config.json`. Durations above what the emulator accepts are lowered.
 */
import entities from '../infra/servicebus.json' with { type: 'json' };
import { emulatorConfig } from './emulatorEntities.ts';

console.log(JSON.stringify(emulatorConfig(entities), null, 2));
