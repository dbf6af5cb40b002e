import { keyHeader } from './key.ts';

/** A refusal of the server, with its sentence. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/**
 * Asks for something of the server by its path, which is relative to the page.
 * @throws Refusal with the server's sentence, or the browser's error if the server is unreachable.
 */
export async function get(path: string, signal?: AbortSignal): Promise<Response> {
  return accepted(await fetch(path, { headers: keyHeader(), ...(signal ? { signal } : {}) }));
}

/** @throws Refusal, as `get`. */
export async function getJson<T>(path: string): Promise<T> {
  return (await get(path)).json();
}

/** @throws Refusal, as `get`. */
export async function postJson(path: string, body: object): Promise<void> {
  const headers = { ...keyHeader(), 'content-type': 'application/json' };
  await accepted(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => undefined);
  const hasSentence = typeof body === 'object' && body !== null && 'error' in body;
  throw new Refusal(
    response.status,
    hasSentence ? String(body.error) : `The server answered ${response.status}.`,
  );
}
