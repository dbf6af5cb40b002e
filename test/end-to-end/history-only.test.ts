import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import {
  bash,
  conversationOf,
  type Session,
  type Stage,
  scripted,
  setStage,
  toolResultsOf,
} from './harness.ts';
import { openSession } from './open-session.ts';

/** Makes a settled worker, of which then nothing but the history file and the session are left. */
async function leaveHistory(options: Record<string, unknown> = {}) {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted({ text: 'First.' }), options);
  await session.call('wait');
  await session.call('stop_worker', { worker_ids: [id] });
  await session.close();
  const folder = join(stage.state, `worker-${id}`);
  await rm(stage.state, { recursive: true });
  const names = await readdir(stage.logs);
  return { stage, id, folder, names, path: join(stage.logs, `worker-${id}.json`) };
}

/** Changes the history file as another program would. */
async function edit(path: string, change: (history: Record<string, unknown>) => void) {
  const text = await readFile(path, 'utf8');
  const end = text.indexOf('\n  "messages": [');
  const head = JSON.parse(`${text.slice(0, end - 1)}\n}`);
  change(head);
  await writeFile(path, `${JSON.stringify(head, null, 2).slice(0, -2)},${text.slice(end)}`);
}

const resume = (session: Session, worker_id: string, prompt: string) =>
  session.call('resume_worker', { worker_id, prompt });

async function awm({ logs, state, home }: Stage, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: home, AWM_LOGS_DIR: logs, AWM_STATE_DIR: state };
  return (await promisify(execFile)(process.execPath, [resolve('dist/main.mjs'), ...args], { env }))
    .stdout;
}

it('a worker of which only the history file is here is listed and shown', async () => {
  const { stage, id, folder, path } = await leaveHistory();
  const session = await stage.connect();
  expect(await session.call('list_workers')).toEqual({
    workers: [
      {
        ...{ worker_id: id, description: 'A test worker', state: 'completed' },
        seconds: expect.any(Number),
        last_activity: expect.stringMatching(/^\d+ s ago: only its history file is here$/),
        cost_usd: expect.any(Number),
        conversation_history_file_path: path,
      },
    ],
  });
  expect(await session.call('list_workers', { status: 'failed' })).toEqual({ workers: [] });
  expect(await awm(stage, 'status')).toMatch(/^1✓ \$/);
  expect(await awm(stage, 'watch')).toContain('only its history file is here');
  const shown = await awm(stage, 'show', id.slice(0, 8));
  expect(shown).toContain(
    `Only its history file is here; its other files were on ${hostname()} in ${folder}.\n`,
  );
  // Looking makes no files.
  await expect(readdir(stage.state)).rejects.toThrow('ENOENT');
});

it('it is resumed from the history file: same conversation, all turns and messages, new files', async () => {
  const { stage, id, folder, names, path } = await leaveHistory();
  const before = JSON.parse(await readFile(path, 'utf8'));
  const session = await stage.connect();
  expect(await resume(session, id, scripted({ text: 'Second.' }))).toEqual({
    ...{ worker_id: id, status: 'resumed' },
  });
  expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
  const spoken = conversationOf(stage.api.requests.at(-1));
  expect(spoken.filter((text) => text.startsWith('assistant'))).toEqual(['assistant: First.']);

  await resume(session, id, scripted({ text: 'Third.' }));
  await session.call('wait');
  const history = await stage.history(id);
  expect(history.turns.map(({ result }: { result: string }) => result)).toEqual([
    ...['First.', 'Second.', 'Third.'],
  ]);
  expect(history.turns[0]).toEqual(before.turns[0]);
  expect(history.messages.slice(0, before.messages.length)).toEqual(before.messages);
  const texts = JSON.stringify(history.messages);
  const places = ['"First."', '"Second."', '"Third."'].map((text) => texts.indexOf(text));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(history.created_at).toBe(before.created_at);
  expect(history.total_cost_usd).toBeGreaterThan(before.total_cost_usd);
  expect(await readdir(stage.logs)).toEqual(names);
  for (const name of ['imported.json', 'journal.ndjson']) {
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  }
});

it('it keeps no option that grants something, because anybody can have written the file', async () => {
  const { stage, id, path } = await leaveHistory();
  await edit(path, (history) => {
    Object.assign(history.options as object, {
      permission_mode: 'acceptEdits',
      allowed_tools: ['Bash', 'Write'],
      add_dirs: [stage.outside],
      mcp_config: { mcpServers: { evil: { command: 'touch', args: [join(stage.home, 'evil')] } } },
      append_system: 'Kept.',
    });
  });
  const session = await stage.connect();
  const { note } = await resume(session, id, scripted(bash('touch made'), { text: 'Made.' }));
  expect(note).toBe(
    'Only the history file of this worker was found here, which anybody can write, so the options that grant something were left out: permission_mode, allowed_tools, add_dirs, mcp_config.',
  );
  const { pending_permissions } = await session.call('wait');
  expect(pending_permissions).toMatchObject([{ worker_id: id, tool: 'Bash' }]);
  expect(await readdir(stage.home)).not.toContain('evil');
  const { spec } = (await stage.journal(id))[0].event;
  expect(spec.options).toMatchObject({ permission_mode: 'default', append_system: 'Kept.' });
});

it('it continues where the project was moved to', async () => {
  const { stage, id } = await leaveHistory();
  const moved = join(stage.outside, 'moved');
  await rename(stage.project, moved);
  const session = await openSession({
    ...{ args: [], cwd: moved, env: stage.environment, name: 'claude-code' },
  });
  onTestFinished(() => session.close());
  const { note } = await resume(session, id, scripted(bash('pwd'), { text: 'Moved.' }));
  expect(note).toBe(
    `The worker continues in ${moved}: its folder ${stage.project} is not here, or is not the folder of its session.`,
  );
  expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
  const spoken = conversationOf(stage.api.requests.at(-1));
  expect(spoken.filter((text) => text.startsWith('assistant'))).toContain('assistant: First.');
  const [{ content = '' } = {}] = toolResultsOf(stage.api.requests.at(-1));
  expect(content.split('\n')).toContain(moved);
  await session.call('stop_worker', { worker_ids: [id] });
});

it('it continues in the folder of its session, and in no other that the file names', async () => {
  const { stage, id, path } = await leaveHistory();
  await writeFile(join(stage.home, 'secret'), 'hidden');
  await edit(path, (history) => {
    history.cwd = stage.home;
  });
  const session = await stage.connect();
  const read = { name: 'Read', input: { file_path: join(stage.home, 'secret') } };
  const { note } = await resume(session, id, scripted({ tools: [read] }, { text: 'Read.' }));
  expect(note).toContain(`The worker continues in ${stage.project}: its folder ${stage.home}`);
  const { pending_permissions } = await session.call('wait');
  expect(pending_permissions).toMatchObject([{ worker_id: id, tool: 'Read' }]);
});

it('it continues in a folder outside of the project where its session began there', async () => {
  const stage = await setStage();
  const cwd = join(stage.outside, 'elsewhere');
  await mkdir(cwd);
  const first = await stage.connect();
  const id = await first.spawn(scripted({ text: 'First.' }), { cwd });
  await first.call('wait');
  await first.call('stop_worker', { worker_ids: [id] });
  await first.close();
  await rm(stage.state, { recursive: true });
  const session = await stage.connect();
  expect(await resume(session, id, scripted({ text: 'Second.' }))).not.toHaveProperty('note');
  expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
  expect((await stage.journal(id))[0].event.spec.cwd).toBe(cwd);
});

it.each([
  ['a formatter', (text: string) => `\uFEFF${JSON.stringify(JSON.parse(text))}`],
  ['an editor', (text: string) => `${text.replaceAll('\n', '\r\n')}\r\n`],
])('it is read from a file that %s has written in another way', async (_, format) => {
  const { stage, id, path } = await leaveHistory();
  const { messages } = await stage.history(id);
  await writeFile(path, format(await readFile(path, 'utf8')));
  const session = await stage.connect();
  await resume(session, id, scripted({ text: 'Second.' }));
  expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
  const history = await stage.history(id);
  expect(history.turns).toHaveLength(2);
  expect(history.messages.slice(0, messages.length)).toEqual(messages);
});

it('without its session here, one sentence says where it ran, and nothing is made', async () => {
  const { stage, id, folder } = await leaveHistory();
  await rm(join(stage.home, '.claude', 'projects'), { recursive: true });
  const session = await stage.connect();
  const sentence = await session.refusal('resume_worker', { worker_id: id, prompt: 'Go on.' });
  expect(sentence).toContain(
    `Worker ${id} cannot be continued here: it ran on ${hostname()} in ${stage.project}, with its files in ${folder}, and its session `,
  );
  expect(sentence).toMatch(
    /session [-0-9a-f]{36} is not in the folder of claude here\. Resume it there, or spawn a worker that reads .*\.json\.$/,
  );
  await expect(readdir(stage.state)).rejects.toThrow('ENOENT');
});

it.each(['its folder', 'its journal'])(
  'a settled worker is continued from its history file when %s is removed under a running server',
  async (what) => {
    const stage = await setStage();
    const session = await stage.connect();
    const id = await session.spawn(scripted({ text: 'First.' }));
    await session.call('wait');
    await session.call('stop_worker', { worker_ids: [id] });
    const folder = join(stage.state, `worker-${id}`);
    const { messages } = await stage.history(id);
    const removed = what === 'its folder' ? folder : join(folder, 'journal.ndjson');
    await rm(removed, { recursive: true });
    // The server looks at its files about every two seconds.
    await setTimeout(2_500);
    const { workers } = await session.call('list_workers');
    expect(workers).toMatchObject([{ worker_id: id, state: 'completed' }]);
    await resume(session, id, scripted({ text: 'Second.' }));
    expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
    const history = await stage.history(id);
    expect(history.turns.map(({ result }: { result: string }) => result)).toEqual([
      ...['First.', 'Second.'],
    ]);
    expect(history.messages.slice(0, messages.length)).toEqual(messages);
    expect(JSON.stringify(history.messages).match(/"First\."/g)).toHaveLength(1);
  },
);

it('a FIFO, a copy under another name and a very long description are no harm to the list', async () => {
  const { stage, id, path } = await leaveHistory();
  const other = (digit: string) =>
    join(stage.logs, `worker-${id.replace(/./g, (c) => (c === '-' ? c : digit))}.json`);
  await promisify(execFile)('mkfifo', [other('1')]);
  await copyFile(path, other('2'));
  await mkdir(other('3'));
  await edit(path, (history) => {
    history.description = `\u001b[2J${'x'.repeat(100_000)}`;
  });
  const session = await stage.connect();
  const { workers, note } = await session.call('list_workers');
  expect(workers).toMatchObject([{ worker_id: id }]);
  expect(workers[0].description).toMatch(/^\\u001bx{0}\[2Jx+… \[\d+ more characters\]$/);
  expect(workers[0].description.length).toBeLessThan(300);
  expect(note).toContain(`${other('1')} is not the history file of a worker: it is no file`);
  expect(note).toContain(
    `${other('2')} is not the history file of a worker: it is the file of worker ${id}`,
  );
  expect(note).toContain(`${other('3')} is not the history file of a worker: it is no file`);
});

it('options and an agent of which this version knows nothing are refused with the reason', async () => {
  const { stage, id, path } = await leaveHistory();
  const whole = await readFile(path, 'utf8');
  const session = await stage.connect();
  const again = { worker_id: id, prompt: 'Go on.' };
  await edit(path, (history) => Object.assign(history.options as object, { patience: 3 }));
  expect(await session.refusal('resume_worker', again)).toContain(
    'are not options of this version (Unrecognized key: "patience")',
  );
  await writeFile(path, whole);
  await edit(path, (history) => Object.assign(history, { agent_type: '--debug' }));
  expect(await session.refusal('resume_worker', again)).toContain('agent_type: a text without NUL');
});

it.each([
  ['cut', (text: string) => text.slice(0, -20), 'it is not complete'],
  ['without a session', (text: string) => text.replace('"session_id"', '"other"'), 'session_id'],
  ['of another shape', () => '[]\n', 'it is not complete'],
])(
  'a history file that is %s is named in the list and refused, and hides no other worker',
  async (_, damage, why) => {
    const { stage, id, path } = await leaveHistory();
    await writeFile(path, damage(await readFile(path, 'utf8')));
    const session = await stage.connect();
    const other = await session.spawn(scripted({ text: 'Fine.' }));
    const { workers, note } = await session.call('list_workers');
    expect(workers).toMatchObject([{ worker_id: other }]);
    expect(note).toContain(`${path} is not the history file of a worker: ${why}`);
    const sentence = await session.refusal('resume_worker', { worker_id: id, prompt: 'Go on.' });
    expect(sentence).toContain(`${path} is not the history file of a worker: ${why}`);
  },
);
