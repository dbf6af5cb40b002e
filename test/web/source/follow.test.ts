import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { follow } from '../../../web/source/follow.ts';
import type { Connection } from '../../../web/source/source.ts';
import { setBrowser } from '../browser.ts';
import { settle } from '../page.ts';
import { snapshot } from '../run.ts';

/** A stream that the page has asked for, under the control of a test. */
class FakeStream {
  readonly url: string;
  readonly response: Promise<Response>;
  isClosed = false;
  /** Answers the request: with the stream, or with a refusal. */
  open: (response?: Response) => void = () => {};
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(url: string, signal: AbortSignal) {
    this.url = url;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.controller = controller;
      },
    });
    const own = new Response(body);
    this.response = new Promise((resolve, reject) => {
      this.open = (response = own) => resolve(response);
      signal.addEventListener('abort', () => {
        this.isClosed = true;
        reject(signal.reason);
        this.controller?.error(signal.reason);
      });
    });
  }

  /** Sends a text in parts of so many bytes: the network knows no events. */
  write(text: string, bytes = 7): void {
    const all = new TextEncoder().encode(text);
    for (let start = 0; start < all.length; start += bytes) {
      this.controller?.enqueue(all.subarray(start, start + bytes));
    }
  }

  async send(name: string, data: unknown, id = ''): Promise<void> {
    this.open();
    this.write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    await passed();
  }

  async end(): Promise<void> {
    this.open();
    this.controller?.close();
    await passed();
  }
}

/** Waits until a stream has passed on what it was given; that takes it several turns. */
async function passed(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await settle();
}

/** Follows a server that gives these responses, one after the other; the test moves the clock. */
async function followServer(...responses: (() => Response | Promise<Response>)[]) {
  const browser = setBrowser();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const streams: FakeStream[] = [];
  /** When each request was made. */
  const times: number[] = [];
  const keys = new Set<unknown>();
  vi.stubGlobal('localStorage', { getItem: () => 'the-key' });
  vi.stubGlobal('fetch', async (url: string, { headers, signal }: RequestInit) => {
    keys.add(new Headers(headers).get('authorization'));
    if (url.startsWith('api/events') && signal) {
      const stream = new FakeStream(url, signal);
      streams.push(stream);
      return stream.response;
    }
    times.push(Date.now());
    return (responses.shift() ?? (() => Response.error()))();
  });
  const connections: Connection[] = [];
  const seen: string[] = [];
  let resync = () => {};
  const stop = follow((ask) => {
    resync = ask;
    return {
      snapshot: ({ cursor }) => void seen.push(`snapshot ${cursor}`),
      steps: (steps) => void seen.push(`${steps.length} steps`),
      supervisor: ({ state }) => void seen.push(`supervisor ${state}`),
      connection: (connection) => void connections.push(connection),
    };
  });
  await settle();
  return {
    ...{ browser, connections, seen, stop, times, streams, keys },
    resync: () => resync(),
    stream: () => streams.at(-1) ?? new FakeStream('none', new AbortController().signal),
  };
}

const at = (cursor: string | null) => () => Response.json(snapshot({ cursor }));

describe('the page of a server', () => {
  it('takes a snapshot, then follows the stream from its cursor', async () => {
    const { stream, seen, connections, keys } = await followServer(at('ring:7'));
    expect(stream().url).toBe('api/events?since=ring%3A7');
    expect(connections).toEqual([]);
    stream().open();
    await settle();
    expect(connections).toEqual([{ kind: 'connected' }]);
    await stream().send('steps', [{}, {}]);
    await stream().send('supervisor', { state: 'open' });
    expect(seen).toEqual(['snapshot ring:7', '2 steps', 'supervisor open']);
    expect([...keys]).toEqual(['Bearer the-key']);
  });

  it.each([1, 2, 3, 1_000_000])('reads a stream that comes in parts of %i bytes', async (bytes) => {
    const { stream, seen, browser, streams } = await followServer(at('ring:1'));
    const data = JSON.stringify({ state: 'ö: 🙂 \n\n event: x' });
    const one = (id: string) => `id: ${id}\nevent: supervisor\ndata: ${data}\n\n`;
    stream().open();
    stream().write(`:\n\n${one('ring:2')}:\n\n${one('ring:3')}`, bytes);
    for (let count = 0; seen.length < 3 && count < 1_000; count++) await settle();
    expect(seen.slice(1)).toEqual(Array(2).fill('supervisor ö: 🙂 \n\n event: x'));
    browser.setHidden(true);
    browser.setHidden(false);
    expect(streams.at(-1)?.url).toBe('api/events?since=ring%3A3');
  });

  it('follows no stream of a recorded run', async () => {
    const { streams, connections } = await followServer(at(null));
    expect(streams).toEqual([]);
    expect(connections).toEqual([{ kind: 'recorded' }]);
  });

  it.each<[string, (page: Awaited<ReturnType<typeof followServer>>) => void | Promise<void>]>([
    ['the server asks for it', ({ stream }) => stream().send('resync', {})],
    ['a step is missing', ({ resync }) => resync()],
  ])('takes a new snapshot when %s', async (_, ask) => {
    const page = await followServer(at('ring:1'), at('ring:2'));
    const [first] = page.streams;
    await ask(page);
    await settle();
    expect(first?.isClosed).toBe(true);
    expect(page.seen).toEqual(['snapshot ring:1', 'snapshot ring:2']);
    expect(page.streams).toHaveLength(2);
  });

  it('says that the server is lost, and tries again ever more slowly until it answers', async () => {
    const lost = () => Promise.reject(new Error('refused'));
    const page = await followServer(at('a:1'), lost, lost, lost, at('b:1'));
    await page.stream().end();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(page.times).toEqual([0, 0, 250, 750, 1_750]);
    expect(page.connections.map(({ kind }) => kind)).toEqual([
      'connected',
      ...Array(4).fill('lost'),
    ]);
    expect(page.connections[1]).toMatchObject({ why: expect.stringContaining('may have ended') });
    expect(page.seen.at(-1)).toBe('snapshot b:1');
    expect(page.stream().url).toContain('b%3A1');
  });

  it('shows the sentence with which a server refuses', async () => {
    const refusal = Response.json({ error: 'Open the page again.' }, { status: 401 });
    const { connections } = await followServer(() => refusal);
    expect(connections).toEqual([{ kind: 'lost', why: 'Open the page again.' }]);
  });

  it('shows the sentence with which a server refuses the stream', async () => {
    const page = await followServer(at('a:1'));
    page.stream().open(Response.json({ error: 'Sign in again.' }, { status: 401 }));
    await settle();
    expect(page.connections).toEqual([{ kind: 'lost', why: 'Sign in again.' }]);
  });

  it('holds no stream while it is hidden, and continues at its cursor', async () => {
    const page = await followServer(at('ring:1'));
    await page.stream().send('steps', [{}], 'ring:5');
    await page.stream().send('supervisor', { state: 'open' });
    page.browser.setHidden(true);
    expect(page.stream().isClosed).toBe(true);
    page.browser.setHidden(false);
    expect(page.stream().url).toBe('api/events?since=ring%3A5');
    expect([page.streams.length, page.times.length]).toEqual([2, 1]);
  });

  it('ignores a snapshot that comes after it was stopped', async () => {
    let deliver: (response: Response) => void = () => {};
    const late = new Promise<Response>((resolve) => {
      deliver = resolve;
    });
    const page = await followServer(() => late);
    page.stop();
    deliver(at('ring:1')());
    await settle();
    page.browser.setHidden(false);
    await settle();
    expect([page.seen, page.streams, page.connections]).toEqual([[], [], []]);
  });
});
