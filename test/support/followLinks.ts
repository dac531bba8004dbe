/** Set-up of the integration project: a test that receives a link which leads nowhere fails (`linkRecorder.ts`). */
import { afterEach, beforeAll, expect } from 'vitest';
import { beginRecording, brokenLinks } from './linkRecorder.ts';

beforeAll(beginRecording);

afterEach(async () => {
  expect(await brokenLinks(), 'links that do not resolve').toEqual([]);
});
