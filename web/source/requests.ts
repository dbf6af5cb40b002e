/** A refusal of the server, with its sentence. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** @throws Refusal with the server's sentence, or the browser's error if the server is unreachable. */
export async function getJson<T>(path: string): Promise<T> {
  return read<T>(await fetch(path));
}

export async function postJson(path: string, csrf: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-csrf': csrf };
  await read(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function read<T>(response: Response): Promise<T> {
  if (response.ok) return response.json();
  const body: unknown = await response.json().catch(() => undefined);
  const hasSentence = typeof body === 'object' && body !== null && 'error' in body;
  throw new Refusal(
    response.status,
    hasSentence ? String(body.error) : `The server answered ${response.status}.`,
  );
}
