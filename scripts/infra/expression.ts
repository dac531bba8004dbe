/**
 * Evaluates the ARM template expressions that `bicep snapshot` leaves, as far as a deployment is needed for them: the
 * output of a module becomes a placeholder such as `<identity.clientId>`, and everything around it is computed. An
 * unknown function is an error, so that no part of a snapshot is left unread.
 */

type Node =
  | { kind: 'literal'; value: string | number }
  | { kind: 'call'; name: string; args: Node[] }
  | { kind: 'member'; of: Node; name: Node };

/** A value with every expression in it evaluated; `[[` at the start of a string stands for `[`. */
export function evaluateDeep(value: unknown): unknown {
  if (typeof value === 'string') return isExpression(value) ? evaluate(parse(value.slice(1, -1)), {}) : value;
  if (Array.isArray(value)) return value.map(evaluateDeep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [String(evaluateDeep(key)), evaluateDeep(member)]),
  );
}

const isExpression = (text: string) => text.startsWith('[') && !text.startsWith('[[') && text.endsWith(']');

/** The syntax tree of an expression without its square brackets. */
function parse(text: string): Node {
  const tokens = text.match(/'(?:[^']|'')*'|[A-Za-z_]\w*|-?\d+|[().,[\]]/g) ?? [];
  let at = 0;
  const take = (expected?: string) => {
    const token = tokens[at++] ?? '';
    if (expected !== undefined && token !== expected) throw new Error(`${expected} expected in ${text}`);
    return token;
  };
  const args = (): Node[] => {
    const list: Node[] = [];
    take('(');
    while (tokens[at] !== ')') {
      list.push(expression());
      if (tokens[at] === ',') take();
    }
    take(')');
    return list;
  };
  const expression = (): Node => {
    const token = take();
    let node: Node;
    if (token.startsWith("'")) node = { kind: 'literal', value: token.slice(1, -1).replaceAll("''", "'") };
    else if (/^-?\d/.test(token)) node = { kind: 'literal', value: Number(token) };
    else node = { kind: 'call', name: token, args: args() };
    while (tokens[at] === '.' || tokens[at] === '[') {
      if (take() === '.') {
        node = { kind: 'member', of: node, name: { kind: 'literal', value: take() } };
      } else {
        node = { kind: 'member', of: node, name: expression() };
        take(']');
      }
    }
    return node;
  };
  const root = expression();
  if (at !== tokens.length) throw new Error(`${tokens[at]} is not expected in ${text}`);
  return root;
}

type Scope = Record<string, unknown>;

/** The value of what `environment()` describes: the snapshots are of the public cloud. */
const PUBLIC_CLOUD = {
  name: 'AzureCloud',
  authentication: { loginEndpoint: 'https://login.microsoftonline.com/' },
  suffixes: { storage: 'core.windows.net' },
};

function evaluate(node: Node, scope: Scope): unknown {
  if (node.kind === 'literal') return node.value;
  if (node.kind === 'member') {
    const output = moduleOutput(node);
    if (output !== undefined) return output;
    const of = evaluate(node.of, scope);
    const name = String(evaluate(node.name, scope));
    // A property of something that exists only after the deployment.
    if (typeof of === 'string') return `${of.replace(/>$/, '')}.${name}>`;
    return (of as Record<string, unknown>)[name];
  }
  const { name, args } = node;
  if (name === 'lambda') return lambda(args, scope);
  if (name === 'if') return evaluate(args[0] as Node, scope) ? part(args, 1, scope) : part(args, 2, scope);
  if (name === 'lambdaVariables') return scope[String(part(args, 0, scope))];
  const known = FUNCTIONS[name];
  if (!known) throw new Error(`${name}() is not known to the snapshot; add it to expression.ts`);
  return (known as Callback)(...args.map((argument) => evaluate(argument, scope)));
}

const part = (args: Node[], index: number, scope: Scope) => evaluate(args[index] as Node, scope);

function lambda(args: Node[], scope: Scope): (...values: unknown[]) => unknown {
  const body = args.at(-1) as Node;
  const names = args.slice(0, -1).map((argument) => String(evaluate(argument, scope)));
  return (...values) =>
    evaluate(body, { ...scope, ...Object.fromEntries(names.map((name, index) => [name, values[index]])) });
}

/** `<identity.clientId>` for `reference(… 'Microsoft.Resources/deployments', format('identity-{0}', …)).outputs.clientId.value`. */
function moduleOutput(node: Node): string | undefined {
  const path: string[] = [];
  let at: Node = node;
  for (; at.kind === 'member'; at = at.of) path.unshift(String(evaluate(at.name, {})));
  if (at.kind !== 'call' || at.name !== 'reference') return undefined;
  const id = at.args[0];
  if (
    id?.kind !== 'call' ||
    !id.args.some((argument) => isLiteral(argument, 'Microsoft.Resources/deployments'))
  ) {
    return undefined;
  }
  const name = id.args.at(-1);
  const template = name?.kind === 'call' && name.name === 'format' ? name.args[0] : undefined;
  if (template?.kind !== 'literal' || path[0] !== 'outputs' || path[2] !== 'value') return undefined;
  return `<${[String(template.value).replace('-{0}', ''), path[1], ...path.slice(3)].join('.')}>`;
}

const isLiteral = (node: Node, value: string) => node.kind === 'literal' && node.value === value;

type Callback = (...values: unknown[]) => unknown;

const FUNCTIONS: Record<string, (...values: never[]) => unknown> = {
  concat: (...parts: unknown[]) => (Array.isArray(parts[0]) ? parts.flat() : parts.join('')),
  createArray: (...elements: unknown[]) => elements,
  createObject: (...members: unknown[]) => {
    const object: Record<string, unknown> = {};
    for (let i = 0; i < members.length; i += 2) object[String(members[i])] = members[i + 1];
    return object;
  },
  empty: (value: string | unknown[] | object | null) =>
    value === null || (typeof value === 'string' ? value === '' : Object.keys(value).length === 0),
  environment: () => PUBLIC_CLOUD,
  extensionResourceId: (scope: string, type: string, name: string) => `${scope}/providers/${type}/${name}`,
  filter: (list: unknown[], test: Callback) => list.filter((element) => test(element)),
  format: (template: string, ...values: unknown[]) =>
    template.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)])),
  guid: (...values: unknown[]) => `guid(${values.join(', ')})`,
  map: (list: unknown[], change: Callback) => list.map((element) => change(element)),
  not: (value: boolean) => !value,
  reference: (id: string) => `<${id}>`,
  reduce: (list: unknown[], start: unknown, step: Callback) =>
    list.reduce((sum, element) => step(sum, element), start),
  replace: (text: string, from: string, to: string) => text.replaceAll(from, to),
  resourceId: (...parts: string[]) => resourceId(parts),
  split: (text: string, separator: string) => text.split(separator),
  string: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
  union: (...values: object[]) => Object.assign({}, ...values),
};

/** The id of a resource: `subscription, group, 'Provider/type/child', name, childName`. */
function resourceId(parts: string[]): string {
  const at = parts.findIndex((text) => text.startsWith('Microsoft.'));
  const [subscription, group] = parts.slice(0, at);
  const [provider, ...types] = parts[at]?.split('/') ?? [];
  const path = types.map((type, index) => `${type}/${parts[at + 1 + index]}`).join('/');
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${provider}/${path}`;
}
