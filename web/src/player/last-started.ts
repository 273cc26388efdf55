/** Returns the index of the last item that has begun at a position, -1 before the first. Items are ordered by start. */
export function lastStartedBy<T>(items: readonly T[], positionMs: number, startMs: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startMs(items[middle] as T) <= positionMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}
