/**
 * The HTTP functions: one for every route at its canonical path, and a catch-all for every other form of a
 * path. The host tries functions in alphabetical order of their names, so the catch-all's begins with z.
 */
import { app, type HttpMethod } from '@azure/functions';
import { dispatch, serve } from '../../shared/http/pipeline.ts';
import { canonicalPath } from '../../shared/http/route.ts';
import { service } from '../container.ts';
import { routeEntries } from './routeEntries.ts';

const EVERY_METHOD: HttpMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

for (const route of routeEntries) {
  app.http(route.name, {
    route: canonicalPath(route),
    methods: [route.method],
    authLevel: 'anonymous', // the token is verified in code, the same way everywhere
    handler: (request, context) => serve(route, request, context, service()),
  });
}

app.http('zAnyPath', {
  route: '{*path}',
  methods: EVERY_METHOD,
  authLevel: 'anonymous',
  handler: (request, context) => dispatch(routeEntries, request, context, service()),
});
