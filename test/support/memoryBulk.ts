/** Bulk orders in memory, with the promises of the table: ETags, insert-only, a transaction whole or not at all, and what is read is nobody else's object. */
import {
  type BulkItem,
  type BulkKey,
  type BulkOrder,
  type ItemOutcome,
  MAX_ITEMS,
  type RejectedItem,
} from '../../shared/bulk/bulkOrder.ts';
import type { BulkList, BulkStore } from '../../shared/bulk/bulkPorts.ts';
import { itemAt, type Lane, lanesFrom, lengthInList } from '../../shared/bulk/lane.ts';
import { bulkListKeys } from '../../shared/storage/keys.ts';

interface Versioned<Value> {
  value: Value;
  etag: string;
}

interface Partition {
  order?: Versioned<BulkOrder> | undefined;
  /** ETag of the reservation, while the list is being stored. */
  reservation?: string | undefined;
  lanes: Map<number, Versioned<Lane>>;
  blocks: Map<number, BulkItem[]>;
  rejected: RejectedItem[];
  outcomes: Map<number, ItemOutcome>;
  /** Items that came one by one: how many each lane has, and which reference is which. */
  tails: Map<number, number>;
  references: Map<string, { n: number; contentHash: string }>;
}

/** An empty table. */
export function memoryBulk() {
  const partitions = new Map<string, Partition>();
  const listed = new Map<string, BulkKey>();
  let version = 0;
  const nameOf = ({ tenant, bulkOrderId }: BulkKey) => `${tenant}_${bulkOrderId}`;
  const partition = (key: BulkKey): Partition => {
    const found = partitions.get(nameOf(key)) ?? {
      lanes: new Map(),
      blocks: new Map(),
      rejected: [],
      outcomes: new Map(),
      tails: new Map(),
      references: new Map(),
    };
    partitions.set(nameOf(key), found);
    return found;
  };
  const versioned = <Value>(value: Value): Versioned<Value> => ({
    value: structuredClone(value),
    etag: `W/"bulk ${++version}"`,
  });
  const lengthOf = (order: BulkOrder, number: number) =>
    order.source === 'list' ? lengthInList(order, number) : (partition(order).tails.get(number) ?? 0);
  const measured = (order: BulkOrder, lane: Lane) => ({
    lane: structuredClone(lane),
    length: lengthOf(order, lane.number),
  });

  const store: BulkStore = {
    async reserve(key) {
      const into = partition(key);
      if (into.order) return undefined;
      into.reservation ??= versioned(key).etag;
      return into.reservation;
    },
    async putList(key, { blocks, rejected }) {
      const into = partition(key);
      for (const { first, items } of blocks) into.blocks.set(first, structuredClone(items));
      into.rejected = structuredClone([...rejected]);
    },
    async insert(order, lanes, reservation) {
      const into = partition(order);
      if (into.order || into.reservation !== reservation) return undefined;
      into.reservation = undefined;
      into.order = versioned(order);
      for (const lane of lanes) into.lanes.set(lane.number, versioned(lane));
      return { order, etag: into.order.etag };
    },
    async read(key) {
      const { order } = partition(key);
      return order && { order: structuredClone(order.value), etag: order.etag };
    },
    async replace(order, etag) {
      const into = partition(order);
      if (into.order?.etag !== etag) return undefined;
      into.order = versioned(order);
      return { order, etag: into.order.etag };
    },
    async readLane(order, number) {
      const lane = partition(order).lanes.get(number);
      return lane && { ...measured(order, lane.value), etag: lane.etag };
    },
    laneLength: async (order, number) => lengthOf(order, number),
    lanes: async (order) => [...partition(order).lanes.values()].map(({ value }) => measured(order, value)),
    async writeLane(key, lane, etag, outcomes) {
      const into = partition(key);
      if (into.lanes.get(lane.number)?.etag !== etag) return undefined;
      const written = versioned(lane);
      into.lanes.set(lane.number, written);
      for (const outcome of outcomes) into.outcomes.set(outcome.n, structuredClone(outcome));
      return written.etag;
    },
    block: async (key, first) => structuredClone(partition(key).blocks.get(first) ?? []),
    outcomes: async (key, { from, to, state }) =>
      [...partition(key).outcomes.values()]
        .filter((outcome) => outcome.n >= from && outcome.n <= to && (!state || outcome.state === state))
        .sort((a, b) => a.n - b.n)
        .map((outcome) => structuredClone(outcome)),
    failed: async (key, { from, to }) =>
      [...partition(key).outcomes.values()]
        .filter(({ n, state }) => n >= from && n <= to && state === 'failed')
        .map(({ n }) => n)
        .sort((a, b) => a - b),
    rejected: async (key) => structuredClone(partition(key).rejected),
    async append(order, { item, lane, referenceHash, contentHash }) {
      const { order: standing, tails, references, blocks } = partition(order);
      if (!standing) return { kind: 'busy' };
      const known = references.get(referenceHash);
      if (known)
        return known.contentHash === contentHash ? { kind: 'repeated', n: known.n } : { kind: 'different' };
      const endOf = (one: number) => itemAt(order, one, lengthOf(order, one));
      const roomy = lanesFrom(order, lane).find((one) => endOf(one) < MAX_ITEMS);
      if (roomy === undefined) return { kind: 'full' };
      const n = endOf(roomy);
      tails.set(roomy, lengthOf(order, roomy) + 1);
      blocks.set(n, [structuredClone({ ...item, index: n })]);
      references.set(referenceHash, { n, contentHash });
      return { kind: 'appended', n };
    },
    async purge(key, found) {
      const { order } = partition(key);
      const isLonger = found?.lanes.some(({ lane, length }) => lengthOf(found.order, lane.number) !== length);
      if (order?.etag !== found?.etag || isLonger) return false;
      partitions.delete(nameOf(key));
      if (found) listed.delete(bulkListKeys(key, found.order.createdMs).rowKey);
      return true;
    },
  };

  const list: BulkList = {
    async put({ tenant, bulkOrderId, createdMs }) {
      const key = { tenant, bulkOrderId };
      listed.set(bulkListKeys(key, createdMs).rowKey, key);
    },
    async page(tenant, { after = '', most }) {
      const rows = [...listed].filter(([rowKey, key]) => key.tenant === tenant && rowKey > after).sort();
      const some = rows.slice(0, most);
      return { keys: some.map(([, key]) => key), next: some.length < most ? undefined : some.at(-1)?.[0] };
    },
  };
  return { store, list };
}
