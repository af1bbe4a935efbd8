/** Index of the first item of an ascending list that lies behind a position, by halving. @param compare below or at 0: not behind it */
export function firstBehind<Item>(items: readonly Item[], compare: (item: Item) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(items[middle] as Item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The order of levels in a level, of rooms in one, of departments in one place: by position, then by name, which no two have. */
export function compareSiblings(a: { position: number; name: string }, b: { position: number; name: string }): number {
  return a.position - b.position || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
