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
