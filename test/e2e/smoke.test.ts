/** The smoke test against a stack that runs the deployment package, with and without a token. */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { smoke } from '../../cli/smoke/smoke.ts';
import { cartwright } from '../cli/processes.ts';
import { sharedService } from './running.ts';

const USER = { user: '2713ccd7-ea3b-470a-9cfb-451d5d0482cc' };
const CLOSED_URL = 'http://127.0.0.1:9';

const options = (token?: string) => ({
  token,
  customer: randomUUID(),
  catalogItem: 'CFQ7TTC0LFLS:0002:CFQ7TTC0KDLJ',
  placesOrder: true,
  waitMs: 3_000,
});

let url: string;
let userToken: () => Promise<string>;
beforeAll(async () => {
  const service = await sharedService('package');
  url = service.url;
  userToken = () => service.token(USER);
});

it('The smoke test passes every check on a stack that works', async () => {
  const report = await smoke(url, options(await userToken()));

  expect(report.checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(report.checks.filter(({ outcome }) => outcome === 'skipped')).toEqual([]);
  expect(report).toMatchObject({ passed: true, broken: [] });
});

it('The command ends with 0 when every check passes, and with 1 when the app does not respond', async () => {
  const token = await userToken();
  const works = await cartwright('smoke', '--url', url, '--token', token, '--order', '--json');
  const broken = await cartwright('smoke', '--url', CLOSED_URL);

  expect({ code: works.code, report: JSON.parse(works.out) }).toMatchObject({
    code: 0,
    report: { passed: true },
  });
  expect({ code: broken.code, err: broken.err }).toEqual({ code: 1, err: '' });
  expect(broken.out).toMatch(
    /^✗ The app responds \(GET http:\/\/127\.0\.0\.1:9\/health: .+\)\n(.+\n)+Broken/,
  );
});

it('The smoke test only reads without a token, and places no order without --order', async () => {
  const anonymous = await smoke(url, options());
  const careful = await smoke(url, { ...options(await userToken()), placesOrder: false });

  const ran = ({ checks }: typeof anonymous) => checks.filter(({ outcome }) => outcome !== 'skipped').length;
  expect(anonymous.passed && careful.passed).toBe(true);
  expect(ran(anonymous)).toBeLessThan(ran(careful));
  expect(careful.checks.filter(({ name }) => /order/.test(name)).map(({ outcome }) => outcome)).toEqual([
    'skipped',
    'skipped',
  ]);
});

it('The smoke test reports the token as broken when the service rejects it', async () => {
  const foreign = (await userToken()).replace(/\.[\w-]+$/, '.AAAA');

  expect(await smoke(url, options(foreign))).toMatchObject({ passed: false, broken: ['token'] });
});

it('The smoke test reports the app as broken when the URL is not that of the service', async () => {
  const closed = await smoke(CLOSED_URL, options());
  const wrong = await smoke(`${url}/v1/other`, options());

  expect([closed.broken, wrong.broken]).toEqual([['app'], ['app']]);
  expect(closed.checks.filter(({ outcome }) => outcome === 'failed')).toHaveLength(1);
});
