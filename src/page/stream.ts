import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StreamEvents } from '../projection/contract.ts';
import type { Following, PageSource } from '../projection/source.ts';
import { begin } from './respond.ts';

/** At most 20 frames a second. */
const frameMs = 50;
const heartbeatMs = 15_000;

/** Sends a page everything after a cursor, until the page closes the connection. */
export async function stream(
  request: IncomingMessage,
  response: ServerResponse,
  follow: NonNullable<PageSource['follow']>,
  since: string | undefined,
): Promise<void> {
  let following: Following | undefined;
  let timer: NodeJS.Timeout | undefined;
  let cursor = since;
  let sent = '';

  const write = (event: keyof StreamEvents, data: string) =>
    response.write(`id: ${cursor}\nevent: ${event}\ndata: ${data}\n\n`);
  const flush = ({ ring, supervisor }: Following) => {
    // A page that reads too slowly keeps its place in the ring: nothing is buffered for it here.
    if (response.writableNeedDrain) return;
    const steps = cursor === undefined ? [] : ring.since(cursor);
    cursor = ring.cursor;
    if (!steps) write('resync', '{}');
    else if (steps.length > 0) write('steps', `[${steps.join(',')}]`);
    const now = JSON.stringify(supervisor());
    if (now !== sent) write('supervisor', now);
    sent = now;
  };
  const schedule = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (following) flush(following);
    }, frameMs);
  };

  const heartbeat = setInterval(
    () => response.writableNeedDrain || response.write(':\n\n'),
    heartbeatMs,
  );
  const end = () => {
    clearInterval(heartbeat);
    clearTimeout(timer);
    following?.stop();
  };
  response.on('close', end);
  response.on('drain', schedule);
  begin(response, 200, { 'content-type': 'text/event-stream; charset=utf-8' });
  response.flushHeaders();
  following = await follow(schedule);
  if (request.destroyed || response.destroyed) return end();
  flush(following);
}
