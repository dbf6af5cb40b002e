import type { IncomingMessage } from 'node:http';

const MAX_BYTES = 64 * 1024 * 1024;

/** A request body, or `too_large` instead of one. */
export type Body = { text: string; too_large: false } | { text: ''; too_large: true };

/**
 * Reads a request body of up to 64 MB. Reads a larger body to its end and discards it, because a
 * client that is still sending does not see the answer.
 *
 * @throws Error if the client disconnects while it sends.
 */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes > MAX_BYTES) return { text: '', too_large: true };
  return { text: Buffer.concat(chunks).toString('utf8'), too_large: false };
}

/** Parses a body. Returns the text itself if it is not JSON, undefined if it is empty. */
export function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
