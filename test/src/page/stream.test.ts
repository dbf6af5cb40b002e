import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFeed } from '../../../src/journal/feed.ts';
import type { JournalRecord } from '../../../src/journal/journal.ts';
import { stream } from '../../../src/page/stream.ts';
import type { Step, WorkerView } from '../../../src/projection/contract.ts';
import { createRing } from '../../../src/projection/ring.ts';
import type { PageSource } from '../../../src/projection/source.ts';
import { workerId } from '../fixtures.ts';
import { type Listening, listen } from './events.ts';
import { openPage, type TestPage } from './page.ts';

const anybody = { base: '/', authorization: '' };

type Follow = NonNullable<PageSource['follow']>;

const cursorOf = async (page: TestPage): Promise<string> =>
  (await page.get('/api/snapshot')).json.cursor;

const stepsOf = ({ items }: Listening): Step[] =>
  items.flatMap(({ event, data }) => (event === 'steps' ? data : []));

const statesOf = (listening: Listening) => stepsOf(listening).map(({ record }) => record.to);

const reaches = (listening: Listening, state: string) =>
  listening.until(() => statesOf(listening).includes(state));

/** Serves only a stream, from a small ring that the test fills. */
async function openStream() {
  const ring = createRing('epoch', { steps: 10, characters: 1024 ** 3 });
  const changes = createFeed<void>(() => {});
  const supervisor = () => ({ state: 'open', slots: 1, busy: [], queue: [] });
  const follow: Follow = async (onChange) => ({
    ...{ ring, supervisor },
    stop: changes.subscribe(onChange),
  });
  const server = createServer((request, response) => {
    void stream(request, response, follow, ring.cursor);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const record: JournalRecord = {
    ...{ v: 1, seq: 1, t: 0, worker: workerId(), event: { type: 'STOP' } },
    ...{ from: 'running', to: 'stopping' },
  };
  const push = (last_line: string) => {
    ring.push({ record, patch: { last_line } });
    changes.emit();
  };

  return { port, push };
}

describe('a stream', () => {
  it('sends what happens after a snapshot, so that both add up to a later snapshot', async () => {
    const page = await openPage();
    const { json: before } = await page.get('/api/snapshot');
    const listening = await listen(page, before.cursor);
    const id = await page.stage.spawn({ ask: [{ tool: 'Bash', input: { command: 'ls' } }] });
    await reaches(listening, 'awaiting_permission');

    const views: Record<string, Partial<WorkerView>> = {};
    for (const { record, patch } of stepsOf(listening)) {
      views[record.worker] = { ...views[record.worker], ...patch };
    }
    const { json: after } = await page.get('/api/snapshot');
    expect(views).toEqual({ [id]: after.workers[0] });
    expect(listening.items.at(-1)?.id).toBe(after.cursor);
  });

  it('continues after the last id of an earlier stream', async () => {
    const page = await openPage();
    const first = await listen(page, await cursorOf(page));
    const id = await page.stage.spawn({ ask: [{ tool: 'Bash', input: {} }] });
    await reaches(first, 'awaiting_permission');
    first.close();
    const [request] = page.stage.manager.workers.find(id)?.getSnapshot().context.requests ?? [];
    const answer = { request_id: request?.request_id ?? '', allow: true };
    await page.stage.manager.approve(answer, 'caller');
    await page.stage.until(id, 'completed');

    const second = await listen(page, 'stale-0', { 'last-event-id': first.items.at(-1)?.id ?? '' });
    await reaches(second, 'completed');
    const seqs = [...stepsOf(first), ...stepsOf(second)].map(({ record }) => record.seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  });

  it.each(['stale-0', 'x', '-1', 'EPOCH-9999', 'EPOCH--1'])(
    'from the cursor %s asks for a new snapshot, and continues from now',
    async (name) => {
      const page = await openPage();
      const epoch = (await cursorOf(page)).replace(/-\d+$/, '');
      const listening = await listen(page, name.replace('EPOCH', epoch));
      const [first] = await listening.count(1);
      expect(first).toMatchObject({ event: 'resync', data: {} });
      await page.stage.spawn({ say: 'Hello.' });
      await reaches(listening, 'completed');
    },
  );

  it('sends the slots whenever they change', async () => {
    const page = await openPage();
    const listening = await listen(page, await cursorOf(page));
    const id = await page.stage.spawn({ hang: true });
    await listening.until((events) =>
      events.some(({ event, data }) => event === 'supervisor' && data.busy[0] === id),
    );
    const sent = listening.items.filter(({ event }) => event === 'supervisor');
    expect(sent[0]?.data).toEqual({ state: 'open', slots: 10, busy: [], queue: [] });
    expect(sent.map(({ data }) => JSON.stringify(data))).toEqual([
      ...new Set(sent.map(({ data }) => JSON.stringify(data))),
    ]);
  });

  it('sends simultaneous steps in one frame', async () => {
    const { port, push } = await openStream();
    const listening = await listen({ port, ...anybody });
    await listening.count(1);
    for (const line of ['x', 'y', 'z']) push(line);
    await listening.until(() => stepsOf(listening).length === 3);
    expect(listening.items.map(({ event }) => event)).toEqual(['supervisor', 'steps']);
  });

  it('buffers nothing for a page that reads too slowly: the page misses what the ring no longer has', async () => {
    const { port, push } = await openStream();
    const slow = await listen({ port, ...anybody });
    await slow.count(1);
    slow.pause();
    push('x'.repeat(32 * 1024 ** 2));
    const quick = await listen({ port, ...anybody });
    for (let count = 1; count <= 12; count += 1) {
      push('y');
      await quick.until(() => stepsOf(quick).length === count);
    }
    slow.resume();
    await slow.until((events) => events.some(({ event }) => event === 'resync'));
    push('z');
    const events = await slow.until((all) => all.at(-1)?.event === 'steps');
    expect(events.map(({ event }) => event)).toEqual(['supervisor', 'steps', 'resync', 'steps']);
    expect(events.at(-1)?.data).toMatchObject([{ patch: { last_line: 'z' } }]);
  });
});
