/** A refusal of the server, with its sentence. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** @throws Refusal with the server's sentence, or the browser's error when it cannot be reached. */
export async function getJson<T>(path: string): Promise<T> {
  return read<T>(await fetch(path));
}

export async function postJson(path: string, csrf: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-csrf': csrf };
  await read(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function read<T>(response: Response): Promise<T> {
  if (response.ok) return response.json();
  const answer: unknown = await response.json().catch(() => undefined);
  const isSentence = typeof answer === 'object' && answer !== null && 'error' in answer;
  throw new Refusal(
    response.status,
    isSentence ? String(answer.error) : `The server answered ${response.status}.`,
  );
}
