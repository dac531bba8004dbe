/** The OpenAPI document is valid, and agrees with the route table, the errors and the schemas. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { routes } from '../../functions/http/routes.ts';
import { ERRORS } from '../../shared/errors.ts';
import { readCartRequest } from '../../shared/http/cartRequest.ts';
import { canonicalPath } from '../../shared/http/route.ts';
import type { JsonSchema } from '../../shared/openapi/document.ts';
import { EXAMPLES } from '../../shared/openapi/examples.ts';
import { MEMBERS } from '../../shared/openapi/fieldDescriptions.ts';
import { errorsOf, openApiDocument } from '../../shared/openapi/openapi.ts';
import { SCHEMAS } from '../../shared/openapi/schemas.ts';

const document = openApiDocument(routes);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const everyRoute = routes.map((route) => ({ name: route.name, route }));

/** Every query parameter that takes one of several names, with the schema that reads it. */
const namedParameters = operations.flatMap(({ operation: { operationId: route, parameters } }) => {
  const { query } = routes.find(({ name }) => name === route)!.reads;
  return parameters.flatMap((one) => {
    const names = 'in' in one && one.in === 'query' ? (one.schema.enum ?? []) : [];
    return 'in' in one && names.length > 0
      ? [{ route, parameter: one.name, names, schema: query.shape[one.name] as z.ZodType }]
      : [];
  });
});

/** Every schema at any depth, with its path. */
function* schemasIn(schema: JsonSchema, at: string): Generator<[at: string, schema: JsonSchema]> {
  yield [at, schema];
  for (const [name, member] of Object.entries(schema.properties ?? {}))
    yield* schemasIn(member, `${at}.${name}`);
  if (schema.items) yield* schemasIn(schema.items, `${at}[]`);
  for (const branch of schema.anyOf ?? []) yield* schemasIn(branch, `${at}|`);
}
const everySchema = Object.entries(document.components.schemas).flatMap(([name, schema]) => [
  ...schemasIn(schema, name),
]);

describe('The OpenAPI document', () => {
  it('The document is valid OpenAPI 3.1', async () => {
    const validator = new Validator();

    expect(await validator.validate(structuredClone({ ...document }))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('The document is plain JSON', () => {
    const text = JSON.stringify(document);

    expect(JSON.parse(text)).toEqual(document);
    expect(text).not.toMatch(/"\$(id|schema|defs)":/);
  });

  it('Every reference in the document resolves', () => {
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/([^/"]+)\/([^"]+)"/g);
    const components: Record<string, Record<string, unknown>> = document.components;

    const missing = [...references].filter(([, kind = '', name = '']) => !components[kind]?.[name]);

    expect(missing.map(([reference]) => reference)).toEqual([]);
  });

  it('The document has an operation for each route and no others', () => {
    const described = operations.map(({ path, method, operation }) => [operation.operationId, method, path]);

    expect(described.sort()).toEqual(
      routes.map((route) => [route.name, route.method.toLowerCase(), `/${canonicalPath(route)}`]).sort(),
    );
  });
});

describe('Operations', () => {
  it.each(everyRoute)('$name has the path parameters of its route', ({ name, route }) => {
    const { operation } = operations.find((one) => one.operation.operationId === name)!;
    const inPath = operation.parameters.flatMap((one) =>
      'in' in one && one.in === 'path' ? [one.name] : [],
    );

    expect(inPath).toEqual([...route.path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter));
  });

  it.each(everyRoute)('$name requires a token unless its route is open', ({ name, route }) => {
    const { operation } = operations.find((one) => one.operation.operationId === name)!;

    expect(operation.security).toEqual(route.access === 'open' ? [] : [{ bearer: [] }]);
    expect('401' in operation.responses).toBe(route.access !== 'open');
  });

  it.each(everyRoute)('$name documents every error of its route with status and code', ({ name, route }) => {
    const { responses } = operations.find((one) => one.operation.operationId === name)!.operation;

    for (const error of errorsOf(route)) {
      const response = responses[ERRORS[error].status];
      expect(response?.description).toContain(`\`${ERRORS[error].code}\``);
      expect(response?.content?.['application/json']?.examples).toHaveProperty(error);
    }
  });

  it.each(everyRoute)('$name has no status that is both a success and an error', ({ route }) => {
    const answered = Object.keys(route.docs.answers).map(Number);

    expect(errorsOf(route).filter((error) => answered.includes(ERRORS[error].status))).toEqual([]);
  });
});

it.each(namedParameters)('The $parameter of $route is read in any spelling', ({ names, schema }) => {
  const spelled = names.map((name) => `${name}`.toUpperCase().replaceAll('_', '-'));

  expect(spelled.map((name) => schema.parse(name))).toEqual(names);
});

describe('The table of errors', () => {
  it('The document lists every error, and every error is documented for at least one route', () => {
    const answered = new Set(routes.flatMap(errorsOf));

    expect(document['x-errors']).toEqual(ERRORS);
    expect(Object.keys(ERRORS).filter((error) => !answered.has(error as keyof typeof ERRORS))).toEqual([]);
  });

  it('The example of each error matches the schema of an error response', () => {
    for (const { value } of Object.values(document.components.examples)) {
      expect(SCHEMAS.Error.parse(value)).toEqual(value);
    }
  });
});

describe('Schemas', () => {
  it('Every schema and every member has a description', () => {
    const silent = everySchema.filter(([at, { description }]) => !description && /^\w+$|\.\w+$/.test(at));

    expect(silent.map(([at]) => at)).toEqual([]);
  });

  it('Every schema states a type', () => {
    const open = everySchema.filter(([, schema]) =>
      Object.keys(schema).every((key) => key === 'description'),
    );

    expect(open.map(([at]) => at)).toEqual([]);
  });

  it('Every entry in the table of member descriptions is used', () => {
    const used = new Set(
      everySchema.map(([at, { description }]) => `${at.split('.').at(-1)}: ${description}`),
    );

    expect(Object.entries(MEMBERS).filter(([name, words]) => !used.has(`${name}: ${words}`))).toEqual([]);
  });
});

describe('Examples', () => {
  it.each(Object.entries(EXAMPLES))('The example of %s matches its schema completely', (name, example) => {
    expect(SCHEMAS[name as keyof typeof SCHEMAS].parse(example)).toEqual(example);
  });

  it('The example of a cart request is accepted by the service', () => {
    expect(readCartRequest(EXAMPLES.CartRequest)).toHaveProperty('draft');
  });

  it('Every body of the cart, checkout and order operations has an example', () => {
    const bare = operations
      .filter(({ operation }) => !operation.tags.includes('Service'))
      .flatMap(({ operation: { operationId, requestBody, responses } }) =>
        [requestBody?.content, ...Object.values(responses).map(({ content }) => content)]
          .flatMap((content) => Object.values(content ?? {}))
          .filter((body) => body.example === undefined && body.examples === undefined)
          .map(() => operationId),
      );

    expect(bare).toEqual([]);
  });
});
