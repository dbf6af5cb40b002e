/** Returns a signal that SIGINT or SIGTERM aborts. A second one of the same kind ends the process. */
export function endSignal(): AbortSignal {
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort());
  return ending.signal;
}
