import { describeStorms } from './suite.ts';

describeStorms('partnerCenter', 'test/storm/partnerCenter.test.ts');
