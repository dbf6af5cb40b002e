import type { IncomingMessage } from 'node:http';
import type * as z from 'zod';
import { placeOfNul, wellFormed } from '../text/well-formed.ts';
import { HttpError } from './http-error.ts';

/** No answer needs more than this. */
const bodyBytes = 1024 ** 2;

/**
 * Reads the JSON body of a request and checks it with a schema.
 * @throws HttpError 400 or 413, with a sentence.
 */
export async function readBody<Schema extends z.ZodType>(
  request: IncomingMessage,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > bodyBytes) throw new HttpError(413, `Expected at most ${bodyBytes} bytes.`);
    chunks.push(chunk);
  }
  const body = jsonOf(Buffer.concat(chunks).toString('utf8'));
  if (placeOfNul(body)) throw new HttpError(400, 'Expected texts without NUL; take it out.');
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'The body';
  throw new HttpError(400, `${where}: ${issue?.message ?? 'not what was expected'}.`);
}

function jsonOf(text: string): unknown {
  try {
    return wellFormed(JSON.parse(text));
  } catch {
    throw new HttpError(400, 'Expected a JSON object as the body, found no JSON.');
  }
}
