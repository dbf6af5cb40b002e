import type { Step, StreamEvents, SupervisorView } from '../../src/projection/contract.ts';
import { get } from './requests.ts';

export interface StreamListener {
  opened(): void;
  /** The place in the stream from which a new stream continues. */
  cursor(cursor: string): void;
  steps(steps: Step[]): void;
  supervisor(supervisor: SupervisorView): void;
  resync(): void;
  /** The stream broke or ended; the error says why, if the server did. */
  lost(error?: unknown): void;
}

/**
 * Follows the server's stream from a cursor, until the returned function is called. The browser's own
 * EventSource sends no header, so it could not bring the key.
 */
export function openStream(cursor: string, listener: StreamListener): () => void {
  const closing = new AbortController();
  const { signal } = closing;
  const read = async () => {
    const { body } = await get(`api/events?since=${encodeURIComponent(cursor)}`, signal);
    if (signal.aborted) return;
    listener.opened();
    if (body) await readEvents(body, signal, (event) => tell(event, listener));
    if (!signal.aborted) listener.lost();
  };
  read().catch((error: unknown) => {
    if (!signal.aborted) listener.lost(error);
  });
  return () => closing.abort();
}

interface StreamEvent {
  id: string;
  name: string;
  data: string;
}

function tell({ id, name, data }: StreamEvent, listener: StreamListener): void {
  // The events are those of the server that served this page; their contract is StreamEvents.
  const parsed = <Name extends keyof StreamEvents>() => JSON.parse(data) as StreamEvents[Name];
  if (name === 'steps') listener.steps(parsed<'steps'>());
  if (name === 'supervisor') listener.supervisor(parsed<'supervisor'>());
  if (name === 'resync') listener.resync();
  else if (id !== '') listener.cursor(id);
}

/** Reads server-sent events until the stream ends. Their data has no line breaks. */
async function readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
  onEvent: (event: StreamEvent) => void,
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let parts: string[] = [];
  for (;;) {
    const { value, done } = await reader.read();
    if (done || signal.aborted) return;
    parts.push(value);
    // A large event comes in many parts: they are put together once.
    if (!value.includes('\n')) continue;
    const blocks = parts.join('').split('\n\n');
    parts = [blocks.pop() ?? ''];
    for (const block of blocks) {
      if (signal.aborted) return;
      const event = eventOf(block);
      if (event) onEvent(event);
    }
  }
}

/** Returns undefined for a block that only keeps the connection open. */
function eventOf(block: string): StreamEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => {
      const [name = ''] = line.split(':', 1);
      return [name, line.slice(name.length + 2)] as const;
    }),
  );
  const name = fields.get('event');
  if (name === undefined) return undefined;
  return { id: fields.get('id') ?? '', name, data: fields.get('data') ?? '' };
}
