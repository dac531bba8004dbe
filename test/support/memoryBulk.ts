/**
 * An in-memory store of bulk orders with the guarantees of Table Storage: ETags, insert-only writes and atomic
 * transactions. Every value that is written or read is a copy.
 */
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
  /** For queued items: the number of items in each lane, and the item of each reference hash. */
  tails: Map<number, number>;
  references: Map<string, { n: number; contentHash: string }>;
}

/** Creates an empty store and an empty list. */
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
  const sized = (order: BulkOrder, lane: Lane) => ({
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
      return lane && { ...sized(order, lane.value), etag: lane.etag };
    },
    laneLength: async (order, number) => lengthOf(order, number),
    lanes: async (order) => [...partition(order).lanes.values()].map(({ value }) => sized(order, value)),
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
      const { order: stored, tails, references, blocks } = partition(order);
      if (!stored) return { kind: 'busy' };
      const known = references.get(referenceHash);
      if (known)
        return known.contentHash === contentHash ? { kind: 'repeated', n: known.n } : { kind: 'different' };
      const nextNumber = (number: number) => itemAt(order, number, lengthOf(order, number));
      const target = lanesFrom(order, lane).find((number) => nextNumber(number) < MAX_ITEMS);
      if (target === undefined) return { kind: 'full' };
      const n = nextNumber(target);
      tails.set(target, lengthOf(order, target) + 1);
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
      const page = rows.slice(0, most);
      return { keys: page.map(([, key]) => key), next: page.length < most ? undefined : page.at(-1)?.[0] };
    },
  };
  return { store, list };
}
