import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { follow } from '../../../web/source/follow.ts';
import type { Connection } from '../../../web/source/source.ts';
import { setBrowser } from '../browser.ts';
import { settle } from '../page.ts';
import { snapshot } from '../run.ts';

/** A stream that the page has opened, under the control of a test. */
class FakeStream extends EventTarget {
  static readonly opened: FakeStream[] = [];
  readonly url: string;
  isClosed = false;
  constructor(url: string) {
    super();
    this.url = url;
    FakeStream.opened.push(this);
  }
  close(): void {
    this.isClosed = true;
  }
  send(name: string, data: unknown, lastEventId = ''): void {
    const fields = { data: JSON.stringify(data), lastEventId };
    this.dispatchEvent(Object.assign(new Event(name), fields));
  }
}

/** Follows a server that gives these responses, one after the other; the test moves the clock. */
async function followServer(...responses: (() => Response | Promise<Response>)[]) {
  const browser = setBrowser();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  FakeStream.opened.length = 0;
  /** When each request was made. */
  const times: number[] = [];
  vi.stubGlobal('EventSource', FakeStream);
  vi.stubGlobal('fetch', async () => {
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
    ...{ browser, connections, seen, stop, times, streams: FakeStream.opened },
    resync: () => resync(),
    stream: () => FakeStream.opened.at(-1) ?? new FakeStream('none'),
  };
}

const at = (cursor: string | null) => () => Response.json(snapshot({ cursor }));

describe('the page of a server', () => {
  it('takes a snapshot, then follows the stream from its cursor', async () => {
    const { stream, seen, connections } = await followServer(at('ring:7'));
    expect(stream().url).toBe('/api/events?since=ring%3A7');
    expect(connections).toEqual([]);
    stream().dispatchEvent(new Event('open'));
    stream().send('steps', [{}, {}]);
    stream().send('supervisor', { state: 'open' });
    expect(connections).toEqual([{ kind: 'connected' }]);
    expect(seen).toEqual(['snapshot ring:7', '2 steps', 'supervisor open']);
  });

  it('follows no stream of a recorded run', async () => {
    const { streams, connections } = await followServer(at(null));
    expect(streams).toEqual([]);
    expect(connections).toEqual([{ kind: 'recorded' }]);
  });

  it.each<[string, (page: Awaited<ReturnType<typeof followServer>>) => void]>([
    ['the server asks for it', ({ stream }) => stream().send('resync', {})],
    ['a step is missing', ({ resync }) => resync()],
  ])('takes a new snapshot when %s', async (_, ask) => {
    const page = await followServer(at('ring:1'), at('ring:2'));
    const [first] = page.streams;
    ask(page);
    await settle();
    expect(first?.isClosed).toBe(true);
    expect(page.seen).toEqual(['snapshot ring:1', 'snapshot ring:2']);
    expect(page.streams).toHaveLength(2);
  });

  it('says that the server is lost, and tries again ever more slowly until it answers', async () => {
    const lost = () => Promise.reject(new Error('refused'));
    const page = await followServer(at('a:1'), lost, lost, lost, at('b:1'));
    page.stream().dispatchEvent(new Event('error'));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(page.times).toEqual([0, 0, 250, 750, 1_750]);
    expect(page.connections.map(({ kind }) => kind)).toEqual(Array(4).fill('lost'));
    expect(page.connections[0]).toMatchObject({ why: expect.stringContaining('may have ended') });
    expect(page.seen.at(-1)).toBe('snapshot b:1');
    expect(page.stream().url).toContain('b%3A1');
  });

  it('shows the sentence with which a server refuses', async () => {
    const refusal = Response.json({ error: 'Open the page again.' }, { status: 401 });
    const { connections } = await followServer(() => refusal);
    expect(connections).toEqual([{ kind: 'lost', why: 'Open the page again.' }]);
  });

  it('holds no stream while it is hidden, and continues at its cursor', async () => {
    const page = await followServer(at('ring:1'));
    page.stream().send('steps', [{}], 'ring:5');
    page.stream().send('supervisor', { state: 'open' });
    page.browser.setHidden(true);
    expect(page.stream().isClosed).toBe(true);
    page.browser.setHidden(false);
    expect(page.stream().url).toBe('/api/events?since=ring%3A5');
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
