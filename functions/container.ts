/** The settings and the one service of this process, from the environment. A bad setting ends the start here, with its name. */

import { composeService } from '../shared/compose.ts';
import { readEnvironment } from '../shared/config.ts';

export const settings = readEnvironment();
export const service = composeService(settings);
