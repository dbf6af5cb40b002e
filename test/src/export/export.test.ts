import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { workerMachine } from '../../../machines/worker.ts';
import { type Answer, bash, scripted, setStage } from '../../end-to-end/harness.ts';
import { statesOf } from '../../machines/charts.ts';
import { treeOf } from '../../protocol/tree.ts';

/** The parts of a text that looks like a key: a scanner must not mistake this file for a leak. */
const key = ['sk', 'ant', 'x'.repeat(40)].join('-');
const evil = `</script><script>alert(1)</script> ${key}`;

/** The shipped command, in an environment built from nothing. */
function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [resolve('dist/main.mjs'), 'export', ...args],
      { env: { PATH: process.env.PATH }, maxBuffer: 64 * 1024 ** 2 },
      (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

/** A run of the real `claude`, exported in every format, and its files before and after. */
async function exportAll() {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted(bash('echo made > made'), { text: evil }));
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  await session.call('approve_permission', { request_id, allow: true });
  await session.call('wait');
  await session.call('stop_worker', { worker_ids: [id] });
  await session.close();
  const records = await stage.journal(id);
  const before = await treeOf(stage.state);
  const folders = ['--logs-dir', stage.logs, '--state-dir', stage.state];
  const texts: Record<string, string> = {};
  for (const format of ['mermaid', 'svg', 'json', 'stately', 'html']) {
    const { code, stdout, stderr } = await run(id.slice(0, 8), '--format', format, ...folders);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    texts[format] = stdout;
  }
  const all = await run('all', '--format', 'html', ...folders);
  const wrong = {
    format: await run(id, '--format', 'mermade', ...folders),
    worker: await run('nobody', '--format', 'json', ...folders),
    folder: await run(id, '--format', 'json', '--logs-dir', join(stage.logs, 'missing')),
  };
  expect(await treeOf(stage.state)).toEqual(before);
  expect(await readdir(stage.logs)).toContain(`worker-${id}.json`);
  return { id, records, texts, all, wrong };
}

describe.sequential('an export of a real run', () => {
  let done: Answer;

  it('changes nothing on disk, whatever the format', async () => {
    done = await exportAll();
  });

  it('as JSON holds the records of the journal as they are, and the worker at its end', () => {
    const { worker, steps } = JSON.parse(done.texts.json);
    expect(steps.map(({ record }: Answer) => record.seq)).toEqual(
      done.records.map(({ seq }: Answer) => seq),
    );
    expect(worker).toMatchObject({ worker_id: done.id, state: 'completed' });
    const view = Object.assign({}, ...steps.map(({ patch }: Answer) => patch));
    expect(view).toEqual(worker);
  });

  it('as SVG lights the transitions that were taken, and nothing else', () => {
    const taken = [...done.texts.svg.matchAll(/is-taken" data-edge="([^":]+)/g)].map(
      ([, id]) => id,
    );
    expect(taken.map((id) => id.replace('&#62;', '>')).toSorted()).toEqual([
      'awaiting_permission>running',
      'running.background>completed',
      'running.turn>running.background',
      'running>awaiting_permission',
      'spawning.queued>spawning.starting',
      'spawning.starting>running',
    ]);
    expect(done.texts.svg).toContain('<g class="state is-active" data-state="completed">');
  });

  it('as Mermaid has both diagrams, and only lines that Mermaid can read', () => {
    const blocks = [...done.texts.mermaid.matchAll(/```mermaid\n([\s\S]*?)```/g)].map(
      ([, text]) => text,
    );
    expect(blocks.map((text) => text.split('\n')[0])).toEqual([
      'sequenceDiagram',
      'stateDiagram-v2',
    ]);
    const [sequence, states] = blocks.map((text) => text.trim().split('\n').slice(1));
    const who = '(?:caller|server|claude)';
    const line = new RegExp(
      `^  (?:participant ${who}|Note over server: [^;<>]+|${who}--?>>${who}: [^<>]*)$`,
    );
    expect(sequence.filter((text: string) => !line.test(text))).toEqual([]);
    expect(sequence).toContain('  claude-->>server: may I use Bash?');
    expect(sequence).toContain('  caller->>server: allow (caller)');
    expect(states).toContain('  [*] --> spawning_queued : SPAWNED');
    expect(states.filter((text: string) => !/^ {2}(\[\*\]|\w+) --> \w+ : \S/.test(text))).toEqual(
      [],
    );
  });

  it('for Stately begins with the machine, and has snapshots of its states', () => {
    const [actor, ...events] = JSON.parse(done.texts.stately);
    expect(actor).toMatchObject({ type: '@xstate.actor', sessionId: done.id });
    const made = createMachine(JSON.parse(actor.definition));
    expect(made.id).toBe('worker');
    expect(made.root.initial.target?.map(({ id }) => id)).toEqual(['worker.spawning']);
    expect(statesOf(made).map(({ id }) => id)).toEqual(statesOf(workerMachine).map(({ id }) => id));
    const { spec } = createActor(workerMachine, {
      input: { spec: done.records[0].event.spec, prompt: done.records[0].event.prompt },
    }).getSnapshot().context;
    expect(spec.worker_id).toBe(done.id);
    for (const { snapshot } of events.filter((event: Answer) => event.snapshot)) {
      expect(() =>
        workerMachine.resolveState({ value: snapshot.value, context: {} as never }),
      ).not.toThrow();
    }
    expect(events.at(-1).snapshot.value).toBe('completed');
  });

  it('as HTML is one file whose policy allows its own script and style, and none of a worker', () => {
    const { html } = done.texts;
    expect(html).not.toMatch(/\s(?:src|href)="(?!data:)/);
    expect(html).toMatch(/default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'/);
    const [, text = ''] =
      /<script type="application\/json" id="run">(.*)<\/script>/.exec(html) ?? [];
    const run = JSON.parse(text);
    expect(run.records[done.id]).toHaveLength(done.records.length);
    expect(JSON.stringify(run.transcripts[done.id])).toContain('alert(1)');
    expect(html).not.toContain('<script>alert');
  });

  it('of all workers is one HTML file', () => {
    expect(done.all.code).toBe(0);
    expect(done.all.stdout).toContain(done.id);
  });

  it('hides a text that looks like a key, in every format', () => {
    for (const text of Object.values(done.texts)) expect(text).not.toContain(key);
  });

  it('that is impossible is refused with a sentence', () => {
    expect(done.wrong.format).toMatchObject({ code: 2, stdout: '' });
    expect(done.wrong.format.stderr).toBe('There is no format "mermade"; did you mean mermaid?\n');
    expect(done.wrong.worker.stderr).toMatch(
      /^Expected the beginning of one worker's id, found no worker at "nobody"/,
    );
    expect(done.wrong.folder.stderr).toMatch(/^Expected a logs folder or a journal.ndjson, found/);
  });
});
