/**
 * Returns a signal that SIGINT, SIGTERM or the end of the reader aborts. A second SIGINT or SIGTERM of
 * the same kind ends the process.
 */
export function endSignal(readerGone: AbortSignal): AbortSignal {
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort());
  return AbortSignal.any([ending.signal, readerGone]);
}
