/** Which URLs and addresses a webhook may have: every form in which an internal address can be written is refused. */
import { describe, expect, it } from 'vitest';
import { addressProblem, readWebhookUrl } from '../../shared/webhooks/address.ts';

const PUBLIC = { allowsLoopback: false };
const LOCAL = { allowsLoopback: true };

describe('an address', () => {
  it.each([
    ...['0.0.0.0', '10.0.0.1', '10.255.255.255', '100.64.0.1', '127.0.0.1', '127.255.255.254'],
    ...['169.254.169.254', '169.254.130.1', '172.16.0.1', '172.31.255.255', '192.0.0.192', '192.0.2.1'],
    ...['192.168.0.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '255.255.255.255'],
    ...['168.63.129.16', '192.88.99.1'],
    // IPv6: unspecified, loopback, unique local, link-local, site-local, multicast, documentation
    ...['::', '::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1'],
    ...['2001:db8::1', '3fff::1', '100::1', '5f00::1'],
    // IPv4 inside of IPv6: mapped, translated, compatible, NAT64, Teredo, 6to4
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', '0:0:0:0:0:ffff:10.0.0.1'],
    ...['::ffff:0:127.0.0.1', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::a00:1'],
    ...['2001:0:4136:e378:8000:63bf:3fff:fdd2', '2002:7f00:1::', '2002:a9fe:a9fe::1', '::ffff:8.8.8.8'],
    // Not an address at all
    ...['', 'localhost', '127.1', '0x7f.1', '2130706433', '1.2.3.4.5', '[::1]'],
  ])('%s is refused', (address) => {
    expect(addressProblem(address, PUBLIC)).toBeTypeOf('string');
  });

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '20.50.2.1',
    '172.15.0.1',
    '172.32.0.1',
    '169.253.1.1',
    '2606:4700::1111',
    '2a00:1450:4001:80b::200e',
  ])('%s is accepted', (address) => {
    expect(addressProblem(address, PUBLIC)).toBeUndefined();
  });

  it('A loopback address is accepted by the setting of the local stack, and no other internal address', () => {
    expect([addressProblem('127.0.0.1', LOCAL), addressProblem('::1', LOCAL)]).toEqual([
      undefined,
      undefined,
    ]);
    for (const address of ['10.0.0.1', '169.254.169.254', 'fe80::1', '::ffff:127.0.0.1', '0.0.0.0']) {
      expect(addressProblem(address, LOCAL)).toBeTypeOf('string');
    }
  });
});

describe('a URL', () => {
  it.each([
    ['', 'must be a URL'],
    ['not-a-URL', 'must be a URL'],
    ['not a URL', 'spaces'],
    ['https://hooks.contoso.com/\n', 'spaces'],
    ['\thttps://hooks.contoso.com/', 'spaces'],
    ['https://hooks.contoso.com/\u2028', 'spaces'],
    ['https://hooks.contoso.com/\u0000', 'control characters'],
    ['https://hooks.contoso.com/\ud800', 'control characters'],
    [`https://hooks.contoso.com/${'x'.repeat(2_048)}`, 'must be a URL'],
    ['http://hooks.contoso.com/', 'must begin with https://'],
    ['ftp://hooks.contoso.com/', 'must begin with https://'],
    ['file:///etc/passwd', 'must begin with https://'],
    ['javascript:alert(1)', 'must begin with https://'],
    ['https://user@hooks.contoso.com/', 'user name'],
    ['https://:password@hooks.contoso.com/', 'user name'],
    ['https://hooks.contoso.com/#fragment', 'fragment'],
    ['https://hooks.contoso.com:8443/', 'port 443'],
    ['https://hooks.contoso.com:22/', 'port 443'],
    ['https://localhost/', 'public host'],
    ['https://localhost./', 'public host'],
    ['https://LOCALHOST/', 'public host'],
    ['https://intranet/', 'public host'],
    ['https://metadata.google.internal/', 'public host'],
    ['https://printer.local/', 'public host'],
    ['https://a.localhost/', 'public host'],
    ['https://127.0.0.1/', 'not public'],
    ['https://127.1/', 'not public'],
    ['https://2130706433/', 'not public'],
    ['https://0x7f.0x0.0x0.0x1/', 'not public'],
    ['https://0177.0.0.1/', 'not public'],
    ['https://169.254.169.254/metadata/instance', 'not public'],
    ['https://１２７.0.0.1/', 'not public'],
    ['https://[::1]/', 'not public'],
    ['https://[::ffff:127.0.0.1]/', 'not public'],
    ['https://[fd00:ec2::254]/', 'not public'],
    ['https://[2002:7f00:1::]/', 'not public'],
    ['https://168.63.129.16/', 'not public'],
    ['https://0/', 'not public'],
    ['https://127.0.0.1./', 'not public'],
    ['https://017700000001/', 'not public'],
    ['https://0xa9fea9fe/', 'not public'],
    ['https://169.0376.43518/', 'not public'],
    ['https://100.64.0.1/', 'not public'],
    ['https://192.0.0.170/', 'not public'],
    ['https://198.19.255.255/', 'not public'],
    ['https://240.0.0.1/', 'not public'],
    ['https://239.255.255.250/', 'not public'],
    ['https://[::]/', 'not public'],
    ['https://[::127.0.0.1]/', 'not public'],
    ['https://[::ffff:0:10.0.0.1]/', 'not public'],
    ['https://[64:ff9b::10.0.0.1]/', 'not public'],
    ['https://[fe80::1]/', 'not public'],
    ['https://[fe80::1%25eth0]/', 'must be a URL'],
    ['https://[ff02::1]/', 'not public'],
    // Full-width letters, enclosed letters, an ideographic full stop and escapes: the parser of URLs normalizes them.
    ['https://ｌｏｃａｌｈｏｓｔ/', 'public host'],
    ['https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/', 'public host'],
    ['https://localhost。/', 'public host'],
    ['https://127。0。0。1/', 'not public'],
    ['https://%6c%6f%63alhost/', 'public host'],
    ['https://127.0.0.1%2f@hooks.contoso.com/', 'user name'],
    ['https://hooks.contoso.com@127.0.0.1/', 'user name'],
    ['https://localhost../', 'public host'],
    ['https://hooks..contoso.com/', 'public host'],
    ['https://metadata.google.internal./', 'public host'],
    ['https://hooks.contoso.com:0/', 'port 443'],
    ['https://hooks.contoso.com:65536/', 'must be a URL'],
    ['https:///', 'must be a URL'],
    ['//hooks.contoso.com/', 'must be a URL'],
    // The parser adds the slashes, or removes what is too much.
    ['https:hooks.contoso.com/', 'must begin with https://'],
    ['https:/hooks.contoso.com/', 'must begin with https://'],
    ['https:\\\\hooks.contoso.com/', 'must begin with https://'],
    ['https:///hooks.contoso.com/', 'must begin with https://'],
    ['https://@hooks.contoso.com/', 'user name'],
    ['https://hooks.contoso.com/#', 'fragment'],
  ])('%s is refused', (text, problem) => {
    expect(readWebhookUrl(text, PUBLIC)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it.each([
    'https://hooks.contoso.com/a?b=c',
    'https://hooks.contoso.com:443/',
    'https://HOOKS.contoso.com',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://münchen.example/',
    'https://hooks.contoso.com./',
    'https://hooks.contoso.com\\@127.0.0.1/', // a path, for the parser and for the connection
  ])('%s is accepted', (text) => {
    expect(readWebhookUrl(text, PUBLIC)).toHaveProperty('url');
  });

  it.each(['http://localhost:8080/', 'http://127.0.0.1:9/a', 'http://[::1]:80/', 'https://127.0.0.1:8443/'])(
    '%s is accepted by the setting of the local stack only',
    (text) => {
      expect(readWebhookUrl(text, LOCAL)).toHaveProperty('url');
      expect(readWebhookUrl(text, PUBLIC)).toHaveProperty('problem');
    },
  );

  it.each(['http://10.0.0.1/', 'http://hooks.contoso.com/', 'https://10.0.0.1/', 'https://user@localhost/'])(
    '%s is refused by the setting of the local stack as well',
    (text) => {
      expect(readWebhookUrl(text, LOCAL)).toHaveProperty('problem');
    },
  );
});
