import { describeKills } from './suite.ts';

describeKills('ledger', 'test/kill/ledger.test.ts');
