import { describeKills } from './suite.ts';

describeKills('partnerCenter', 'test/kill/partnerCenter.test.ts');
