/** Writes a trace as a tree: each span below its parent, with when it began, how long it took and how it ended. Pure. */
import type { Span } from './otlp.ts';

/** What a line says of a span, in this order. */
const DETAILS = [
  ['http.response.status_code', 'status'],
  ['cartwright.checkout.attempt', 'attempt'],
  ['messaging.servicebus.message.delivery_count', 'delivery'],
  ['cartwright.bulk_order.item', 'item'],
  ['cartwright.outcome', ''],
  ['cartwright.reason', ''],
  ['error.type', 'error'],
] as const;

/** The whole tree, one line for each span, below a line with the id of the trace and its cart. */
export function traceTree(spans: readonly Span[]): string {
  const [first] = [...spans].sort((one, other) => one.beganMs - other.beganMs);
  if (!first) return '';
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId));
  const cartId = spans.map(({ attributes }) => attributes['cartwright.cart.id']).find(Boolean);
  const rows = inOrder(roots).flatMap((root) => rowsOf(root, spans, { lead: '', branch: '' }));
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    `Trace ${first.traceId}${cartId ? `, cart ${cartId}` : ''}`,
    ...rows.map(([name, span]) =>
      `${name.padEnd(width)}  ${timesOf(span, first.beganMs)}  ${detailsOf(span)}`.trimEnd(),
    ),
    '',
  ].join('\n');
}

function rowsOf(
  span: Span,
  all: readonly Span[],
  { lead, branch }: { lead: string; branch: '' | '├─ ' | '└─ ' },
): [name: string, span: Span][] {
  const children = inOrder(all.filter(({ parentSpanId }) => parentSpanId === span.spanId));
  const below = branch === '' ? '' : `${lead}${branch === '├─ ' ? '│  ' : '   '}`;
  return [
    [`${lead}${branch}${span.name}`, span],
    ...children.flatMap((child, i) =>
      rowsOf(child, all, { lead: below, branch: i === children.length - 1 ? '└─ ' : '├─ ' }),
    ),
  ];
}

const inOrder = (spans: readonly Span[]) => [...spans].sort((one, other) => one.beganMs - other.beganMs);

const timesOf = ({ beganMs, endedMs }: Span, zeroMs: number): string =>
  `${`+${Math.round(beganMs - zeroMs)} ms`.padStart(9)}  ${`${Math.round(endedMs - beganMs)} ms`.padStart(8)}`;

function detailsOf({ attributes }: Span): string {
  const parts = DETAILS.flatMap(([name, word]) => {
    const value = attributes[name];
    if (value === undefined || (word === 'delivery' && value === 1)) return [];
    return [word ? `${word} ${value}` : String(value)];
  });
  return parts.join(', ');
}
