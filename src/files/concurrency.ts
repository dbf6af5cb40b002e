/**
 * Begins an action for each item, in their order, with at most that many under way at once. Resolves
 * when all have ended.
 * @throws what the first action throws that does; no others are begun then.
 */
export async function eachOf<Item>(
  items: Iterable<Item>,
  atOnce: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const work = async () => {
    for (let next = left.next(); !next.done; next = left.next()) await act(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
