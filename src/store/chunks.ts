/** A statement takes a bounded number of values: 32766 on SQLite, 65535 on PostgreSQL. */
const CHUNK = 5000;

/** The list in pieces that a statement can take. @param size of a piece, where an item is more than one value */
export function* chunks<Item>(items: readonly Item[], size = CHUNK): Generator<readonly Item[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}
