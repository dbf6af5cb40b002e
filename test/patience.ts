/** How long a test waits for an event before it fails, in milliseconds: a busy machine may be slow. */
export const patienceMs = 20_000;
