/** Roles and rates as settings of the running bundle: what callers of it get to see. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { PARTNERS, REQUESTS_A_MINUTE } from '../support/stackSettings.ts';
import { SEATS } from './orders.ts';
import { type Service, sharedService } from './running.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService('limits');
});

const carts = () => `/v1/customers/${randomUUID()}/carts`;
const orders = () => `/v1/customers/${randomUUID()}/orders`;

describe('Roles of a user', () => {
  it('A user needs one of the roles to create a cart, and none to read', async () => {
    const create = (token: string) => service.call('POST', carts(), { token, body: { lineItems: [SEATS] } });
    const user = { tenant: PARTNERS.rates, user: randomUUID() };
    const helpdesk = await service.token({ ...user, roles: ['HelpdeskAgent'] });
    const agent = await service.token({ ...user, roles: ['SalesAgent'] });
    const application = await service.token({ tenant: PARTNERS.rates });

    expect(await create(helpdesk)).toMatchObject({ status: 403, body: { code: '900150', data: [] } });
    expect(await service.call('GET', orders(), { token: helpdesk })).toMatchObject({ status: 200 });
    expect(await create(agent)).toMatchObject({ status: 201 });
    expect(await create(application)).toMatchObject({ status: 201 });
  });
});

describe('Rate limits', () => {
  const listAs = async (tenant: string, times: number) => {
    const token = await service.token({ tenant });
    const answers = [];
    for (let n = 0; n < times; n++) answers.push(await service.call('GET', orders(), { token }));
    return answers;
  };

  it('A tenant above its limit receives the time to retry, from known and unknown paths alike', async () => {
    const tenant = randomUUID();
    const answers = await listAs(tenant, REQUESTS_A_MINUTE + 1);
    const refused = answers.at(-1);
    const other = await service.call('GET', '/v1//nothing/here', { token: await service.token({ tenant }) });

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(Number(refused?.headers.get('Retry-After'))).toSatisfy((n: number) => n >= 1 && n <= 30);
    expect(refused?.body).toMatchObject({ code: '429', data: [], statusCode: 429 });
    expect(refused?.body.message).toBe(refused?.body.description);
    expect(other.status).toBe(429);
  });

  it('A tenant with a separate limit is bound by that limit, and other tenants are not delayed', async () => {
    await listAs(randomUUID(), REQUESTS_A_MINUTE + 1);

    const answers = [
      ...(await listAs(PARTNERS.rates, 2 * REQUESTS_A_MINUTE)),
      ...(await listAs(randomUUID(), REQUESTS_A_MINUTE)),
    ];

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('The limit never applies to the open routes', async () => {
    for (let n = 0; n < 2 * REQUESTS_A_MINUTE; n++) {
      expect((await service.call('GET', '/health', { token: '' })).status).toBe(200);
      expect((await service.call('GET', '/ready', { token: '' })).status).toBe(200);
    }
  });
});
