import { request as httpRequest } from 'node:http';
import { onTestFinished } from 'vitest';
import { createInbox, type Inbox } from '../fixtures.ts';
import type { TestPage } from './page.ts';

/** One server-sent event. */
export interface StreamEvent {
  id: string;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read events as a page does, by name
  data: any;
}

export interface Listening extends Inbox<StreamEvent> {
  /** Stops reading, as a page that hangs, until `resume`. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Opens a stream as our own page does. */
export async function listen(
  { port, base, authorization }: Pick<TestPage, 'port' | 'base' | 'authorization'>,
  since?: string,
  headers: Record<string, string> = {},
): Promise<Listening> {
  const inbox = createInbox<StreamEvent>();
  const path = `${base}api/events${since === undefined ? '' : `?since=${since}`}`;
  const own = { authorization, 'sec-fetch-site': 'same-origin', host: `127.0.0.1:${port}` };
  const options = { host: '127.0.0.1', port, path, agent: false, headers: { ...own, ...headers } };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(options, (incoming) => {
      let rest = '';
      incoming.setEncoding('utf8').on('data', (chunk) => {
        rest += chunk;
        // A large event comes in many chunks: parse only at its end.
        if (!chunk.includes('\n')) return;
        const blocks = rest.split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) if (block !== ':') inbox.push(eventOf(block));
      });
      incoming.on('error', () => {});
      resolve({
        ...inbox,
        pause: () => incoming.pause(),
        resume: () => incoming.resume(),
        close: () => outgoing.destroy(),
      });
    });
    outgoing.on('error', reject).end();
    onTestFinished(() => void outgoing.destroy());
  });
}

function eventOf(block: string): StreamEvent {
  const fields = block.split('\n').map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  const { id = '', event = '', data = '' } = Object.fromEntries(fields);
  return { id, event, data: JSON.parse(data) };
}
