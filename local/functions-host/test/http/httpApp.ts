/** The functions that the tests of the HTTP server call. */
export const code = `
  const echo = async (request, context) => ({
    jsonBody: {
      name: context.functionName,
      method: request.method,
      url: request.url,
      params: request.params,
      query: [...request.query],
      headers: Object.fromEntries(request.headers),
      text: await request.text(),
      trace: context.traceContext,
      metadata: context.triggerMetadata ?? null,
    },
  });
  app.http('echo', { methods: ['get', 'POST'], route: 'echo/{id?}', handler: echo });
  app.http('details', { route: 'p/{id}', handler: echo });
  app.http('list', { route: 'p/list', handler: echo });
  app.http('byGuid', { route: 'g/{id:guid}', handler: echo });
  app.http('unnamed', { handler: echo });
  app.http('keyed', { authLevel: 'function', route: 'keyed', handler: echo });
  app.http('off', { route: 'gone/{id}', handler: echo });
  app.http('offBehind', { route: 'gone/here', handler: echo });
  app.http('rest', { route: 'rest/{*path}', handler: echo });
  app.http('fails', { route: 'fails', handler: () => { throw new Error('no good'); } });
  app.http('late', { route: 'late', handler: (_, context) => {
    setTimeout(() => context.log('too late'), 20);
    return {};
  } });
  app.http('nothing', { route: 'nothing', handler: () => undefined });
  app.http('throwsNothing', { route: 'throws-nothing', handler: () => { throw undefined; } });
  app.http('text', { route: 'text', handler: () => 'just text' });
  app.http('status', { route: 'status/{code}', handler: (request) => ({ status: Number(request.params.code), body: 'body' }) });
  app.http('answer', { route: 'answer', handler: (request, context) => {
    context.log('one line', { of: 'the app' });
    return {
      body: 'ü', headers: new Headers([['x-a', '1'], ['x-a', '2']]),
      cookies: [{ name: 'c', value: 'd e' }, { name: 'f', value: 'g', path: '/h' }],
    };
  } });
`;
