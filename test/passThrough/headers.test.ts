/** The headers that a pass-through sends and returns, and those that it leaves out (docs/contract.md 23.5, 23.6). */
import { describe, expect, it } from 'vitest';
import { requestHeaders, responseHeaders } from '../../shared/passThrough/headers.ts';

const sent = (headers: Record<string, string>) => requestHeaders(Object.entries(headers));

describe('the headers of a request', () => {
  it('The headers of a request are sent as they came', () => {
    const headers = {
      authorization: 'Bearer a.b.c',
      accept: 'application/json',
      'accept-encoding': 'gzip, br',
      'content-type': 'multipart/form-data; boundary=x',
      cookie: 'a=1',
      'if-match': '*',
      'ms-requestid': 'r',
      'ms-correlationid': 'c',
      'ms-partnercenter-client': 'Partner Center Java SDK',
      'x-locale': 'de-DE',
      'x-ms-customeruser-upn': 'ann@example.com',
      'x-ms-client-request-id': 'q',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    };

    expect(sent(headers)).toEqual(headers);
  });

  it.each([
    'Connection',
    'Content-Length',
    'Expect',
    'Host',
    'Keep-Alive',
    'Proxy-Authorization',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'X-HTTP-Method-Override',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-Forwarded-Host',
    'X-Forwarded-For',
    'Forwarded',
    'X-Functions-Key',
    'X-MS-Client-Principal',
    'X-MS-Client-Principal-Id',
    'X-ARR-SSL',
    'X-Azure-FDID',
    'Client-IP',
  ])('The headers of a request do not include %s', (name) => {
    expect(sent({ [name]: 'x', accept: '*/*' })).toEqual({ accept: '*/*' });
  });

  it('The headers of a request do not include what the Connection header names, but always the token', () => {
    expect(
      sent({ connection: 'close, X-Secret, Authorization', 'x-secret': '1', authorization: 'Bearer t' }),
    ).toEqual({ authorization: 'Bearer t' });
  });

  it('The headers of a request do not include a value that HTTP/1.1 cannot carry', () => {
    expect(sent({ a: 'b\r\nHost: c', b: 'é', c: 'ok' })).toEqual({ c: 'ok' });
  });
});

describe('the headers of a response', () => {
  it('The headers of a response come back as they are, with repeated ones joined', () => {
    expect(
      responseHeaders([
        ...['Content-Type', 'application/json', 'Content-Encoding', 'gzip', 'MS-RequestId', 'r'],
        ...['Location', 'https://other.example/', 'Vary', 'Accept', 'Vary', 'Accept-Encoding'],
        ...['WWW-Authenticate', 'OAuth realm=urn:cpsvc:cpid:1'],
      ]),
    ).toEqual({
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'ms-requestid': 'r',
        location: 'https://other.example/',
        vary: 'Accept, Accept-Encoding',
        'www-authenticate': 'OAuth realm=urn:cpsvc:cpid:1',
      },
      cookies: [],
    });
  });

  it('The headers of a response do not include those of the connection, and none that the host cannot write', () => {
    expect(
      responseHeaders([
        ...['Connection', 'X-Hop', 'X-Hop', '1', 'Transfer-Encoding', 'chunked'],
        ...['Content-Length', '5', 'Keep-Alive', 'timeout=5', 'X-Name', 'Jos\u00e9'],
      ]).headers,
    ).toEqual({});
  });

  it('The headers of a response include one cookie as it came', () => {
    const line = 'affinity=a%3D; Path=/; Secure; HttpOnly';

    expect(responseHeaders(['Set-Cookie', line])).toEqual({ headers: { 'set-cookie': line }, cookies: [] });
  });

  it('The headers of a response include several cookies, each with its attributes', () => {
    const { headers, cookies } = responseHeaders([
      ...['Set-Cookie', 'a=1%3D2; Domain=x.example; Path=/p; Secure; HttpOnly; SameSite=none'],
      ...['set-cookie', 'b=; Max-Age=60; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
    ]);

    expect(headers).toEqual({});
    expect(cookies).toEqual([
      {
        name: 'a',
        value: '1=2',
        domain: 'x.example',
        path: '/p',
        secure: true,
        httpOnly: true,
        sameSite: 'None',
      },
      { name: 'b', value: '', maxAge: 60, expires: Date.UTC(2026, 9, 21, 7, 28) },
    ]);
  });
});
