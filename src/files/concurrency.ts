/**
 * Calls `act` for each item, in order, with at most `limit` calls at once. Resolves when all calls
 * have ended.
 * @throws the first error of a call; no further call starts after it.
 */
export async function eachOf<Item>(
  items: Iterable<Item>,
  limit: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let hasFailed = false;
  const work = async () => {
    while (!hasFailed) {
      const next = iterator.next();
      if (next.done) return;
      await act(next.value).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
}
