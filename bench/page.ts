import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { charts } from '../src/charts/charts.ts';
import { servePage } from '../src/page/server.ts';
import type { RequestView, Step, WorkerView } from '../src/projection/contract.ts';
import { createRing } from '../src/projection/ring.ts';
import type { PageSource } from '../src/projection/source.ts';
import { launchChromium } from '../test/browser/chromium.ts';

/**
 * Measures how fast the page draws: generated workers on a real page server, in a real browser that
 * shows the chart. The page counts its frames; a browser without a screen draws 60 per second.
 */
const [seconds, eventsASecond] = [10, 1_000];
const idOf = (index: number) => `worker-${String(index).padStart(4, '0')}`;
const states = [
  'running',
  'awaiting_permission',
  'running',
  'completed',
  'resumed.starting',
] as const;

function bornAt(index: number, now: number): Step {
  const worker: WorkerView = {
    ...{ worker_id: idOf(index), description: `Worker number ${index}`, agent_type: null },
    ...{ cwd: '/project', model: 'a-model', session_id: `session-${index}`, state: 'running' },
    ...{ since: now, created_at: now, last_activity: now, last_line: '', turn: 1, prompt: 'Go.' },
    ...{ cost_usd: 0, tokens: { input: 0, output: 0 }, failure: null, deadline: null },
    ...{ requests: [], delivered: false, owner: 'ours', seq: 1 },
  };
  return stepOf(worker, 'SPAWNED', null, worker);
}

function stepOf(
  { worker_id, state, seq, last_activity }: WorkerView,
  type: string,
  from: string | null,
  patch: Partial<WorkerView>,
): Step {
  const edges = from === state || from === null ? [] : [`worker.${state}`];
  return {
    record: {
      v: 1,
      seq,
      t: last_activity,
      worker: worker_id,
      event: { type },
      from,
      to: state,
      edges,
    },
    patch,
  };
}

/** A source whose workers change on demand. */
function createCrowd(size: number) {
  const ring = createRing('crowd');
  const steps = new Map<string, Step[]>();
  const views = new Map<string, WorkerView>();
  const listeners = new Set<() => void>();
  let turn = 0;
  for (let index = 0; index < size; index++) {
    const born = bornAt(index, Date.now());
    steps.set(idOf(index), [born]);
    views.set(idOf(index), born.patch as WorkerView);
  }
  const change = (id: string, type: string, patch: Partial<WorkerView>) => {
    const before = views.get(id);
    if (!before) return;
    const told = { ...patch, last_activity: Date.now(), seq: before.seq + 1 };
    const after = { ...before, ...told };
    views.set(id, after);
    const step = stepOf(after, type, before.state, told);
    steps.get(id)?.push(step);
    ring.push(step);
    for (const tell of listeners) tell();
  };
  const source: PageSource = {
    title: 'bench',
    snapshot: async () => ({
      workers: [...views.values()],
      lanes: Object.fromEntries(
        [...views.values()].map((view) => [view.worker_id, [[view.created_at, view.state]]]),
      ),
      supervisor: { state: 'open', slots: size, busy: [...views.keys()], queue: [] },
      cursor: ring.cursor,
    }),
    records: async (id) => ({ steps: steps.get(id) ?? [] }),
    transcript: async () => ({ messages: [], next: 0, is_end: true }),
    follow: async (tell) => {
      listeners.add(tell);
      const supervisor = { state: 'open', slots: size, busy: [], queue: [] };
      return { ring, supervisor: () => supervisor, stop: () => listeners.delete(tell) };
    },
  };
  /** Adds a message to the next worker, or every twentieth time a new state. */
  const act = () => {
    const id = idOf(turn % size);
    turn += 1;
    const line = { last_line: `Line ${turn} of the output`, cost_usd: turn / 10_000 };
    const isMove = turn % 20 === 0;
    const state = states[(turn / 20) % states.length] ?? 'running';
    change(id, isMove ? 'PERMISSION_ASKED' : 'MESSAGE_SEEN', isMove ? { ...line, state } : line);
  };
  return { source, act, change };
}

async function measure(size: number): Promise<void> {
  const crowd = createCrowd(size);
  const server = await servePage({
    ...{ mode: 'readonly', source: crowd.source, webDir: 'dist/web', charts, now: Date.now },
    exportWorker: () => Promise.reject(new Error('There is nothing to export.')),
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    const metrics = async () => {
      const { metrics: all } = await devtools.send('Performance.getMetrics');
      return new Map(all.map(({ name, value }) => [name, value]));
    };
    await page.goto(server.signInUrl());
    await page.waitForURL(({ search }) => search === '');
    await page.goto(`${page.url()}#/w/${idOf(0)}`);
    await page.locator('.chart-box .is-active').waitFor();
    await page.evaluate(`
      globalThis.frames = [];
      const look = (t) => { globalThis.frames.push(t); requestAnimationFrame(look); };
      requestAnimationFrame(look);
    `);
    const before = await metrics();
    const end = Date.now() + seconds * 1_000;
    for (let sent = 0; Date.now() < end; await delay(10)) {
      const due = (1 - (end - Date.now()) / (seconds * 1_000)) * seconds * eventsASecond;
      for (; sent < due; sent++) crowd.act();
    }
    const times = await page.evaluate<number[]>('globalThis.frames');
    const gaps = times.slice(1).map((t, index) => t - (times[index] ?? 0));
    const fps = (1_000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0);
    const worst = Math.max(...gaps);
    console.log(
      `${size} workers, ${eventsASecond} events a second: ${fps.toFixed(1)} frames a second, longest gap ${worst.toFixed(0)} ms`,
    );
    const after = await metrics();
    const share = (name: string) =>
      `${name} ${((((after.get(name) ?? 0) - (before.get(name) ?? 0)) * 100) / seconds).toFixed(0)} %`;
    console.log(
      `  of one core: ${['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration', 'TaskDuration'].map(share).join(', ')}`,
    );
    const shown = page.locator('.permission').waitFor();
    const asked = performance.now();
    const input = { command: 'ls' };
    const request: RequestView = {
      ...{
        request_id: 'request-1',
        tool: 'Bash',
        input,
        asked_at: Date.now(),
        can_remember: false,
      },
      input_sha256: createHash('sha256').update(JSON.stringify(input)).digest('hex'),
    };
    crowd.change(idOf(0), 'PERMISSION_ASKED', {
      state: 'awaiting_permission',
      requests: [request],
    });
    await shown;
    console.log(`  a permission is on the page after ${(performance.now() - asked).toFixed(0)} ms`);
  } finally {
    await browser.close();
    await server.close();
  }
}

for (const size of [200, 1_000]) await measure(size);
