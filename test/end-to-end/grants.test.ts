import { realpathSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { bash, type Session, type Stage, scripted, setStage } from './harness.ts';

const tool = (name: string, input: Record<string, unknown>) => ({ tools: [{ name, input }] });
const write = (file_path: string) => tool('Write', { file_path, content: 'new' });

/** What a request is for: the file of a tool, or the command. */
const subjectOf = ({ input }: { input: Record<string, string> }) =>
  input.command ?? basename(input.file_path ?? '');

/** Denies every request of a worker until it settles; returns what the requests were for. */
async function denyAll(session: Session, worker_id: string): Promise<string[]> {
  const asked: string[] = [];
  for (;;) {
    const { pending_permissions, running } = await session.call('wait', {
      worker_ids: [worker_id],
    });
    expect(running ?? []).toEqual([]);
    if (pending_permissions.length === 0) return asked;
    for (const { request_id, ...request } of pending_permissions) {
      asked.push(subjectOf(request));
      await session.call('approve_permission', { request_id, allow: false });
    }
  }
}

/** Reads and writes a file; then writes other files and runs commands that change files. */
const turnOn = (file: string) =>
  scripted(
    tool('Read', { file_path: file }),
    write(file),
    write(file),
    write(join(dirname(file), 'other.txt')),
    bash('touch made'),
    { text: 'Done.' },
  );

async function filesIn(stage: Stage): Promise<Record<string, string>> {
  const outside = join(stage.home, 'out side');
  await mkdir(outside);
  await symlink('out side', join(stage.home, 'link'));
  const files = {
    plain: join(stage.project, 'plain.txt'),
    pattern: join(stage.project, 'a [b] {c} (1)*!#.txt'),
    outside: join(outside, 'o.txt'),
    linked: join(stage.home, 'link', 'o.txt'),
  };
  for (const path of [...Object.values(files), join(outside, 'other.txt')])
    await writeFile(path, 'old');
  return files;
}

/** Checks that rules are for one file: by its path, and by its real path where that is another. */
function expectEdits(rules: string[], file: string): void {
  const isLinked = realpathSync(file) !== file;
  expect(rules).toHaveLength(isLinked ? 2 : 1);
  for (const rule of rules) expect(rule).toMatch(/^Edit\(\/\/.*\.txt\)$/);
}

it.each(['plain', 'pattern', 'outside', 'linked'])(
  'a remembered write of a %s file allows that file alone, in this process and in the next',
  async (kind) => {
    const stage = await setStage();
    const session = await stage.connect();
    const file = (await filesIn(stage))[kind] ?? '';
    const isOutside = kind === 'outside' || kind === 'linked';
    const id = await session.spawn(turnOn(file));
    for (const needed of isOutside ? ['Read', 'Write'] : ['Write']) {
      const [request] = (await session.call('wait')).pending_permissions;
      expect(request.tool).toBe(needed);
      const { granted } = await session.call('approve_permission', {
        ...{ request_id: request.request_id, allow: true, remember: true },
      });
      if (needed === 'Write') expectEdits(granted, file);
    }
    expect(await denyAll(session, id)).toEqual(['other.txt', 'touch made']);

    await session.call('stop_worker', { worker_ids: [id] });
    await session.call('resume_worker', { worker_id: id, prompt: turnOn(file) });
    expect(await denyAll(session, id)).toEqual(['other.txt', 'touch made']);
    const { turns } = await stage.history(id);
    const [allowed] = turns[0].permissions.filter(({ tool }: { tool: string }) => tool === 'Write');
    expectEdits(allowed.granted, file);
  },
);
