import { describeStorms } from './suite.ts';

describeStorms('ledger', 'test/storm/ledger.test.ts');
