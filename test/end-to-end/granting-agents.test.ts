import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { scripted, setStage } from './harness.ts';

const tool = (name: string, input: Record<string, unknown>) => ({ tools: [{ name, input }] });

/** Starts a worker that gives a subagent the task to write a file; denies every request. */
async function delegate(agent: string, front: string, place: 'project' | 'home', options = {}) {
  const stage = await setStage();
  const path = join(stage[place], '.claude/agents/team', `${agent}.md`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `---\n${front}\n---\nYou write files.\n`);
  const session = await stage.connect();
  const file = join(stage.project, 'made.txt');
  const task = scripted(tool('Write', { file_path: file, content: 'x' }), {
    text: 'Subagent done.',
  });
  const call = {
    description: 'Write',
    prompt: task,
    subagent_type: agent,
    run_in_background: false,
  };
  const id = await session.spawn(scripted(tool('Agent', call), { text: 'Done.' }), options);
  const asked: string[] = [];
  for (;;) {
    const { pending_permissions } = await session.call('wait', { worker_ids: [id] });
    if (pending_permissions.length === 0) break;
    for (const { request_id, tool } of pending_permissions) {
      asked.push(tool);
      await session.call('approve_permission', { request_id, allow: false });
    }
  }
  const isWritten = await access(file).then(
    () => true,
    () => false,
  );
  return { asked, isWritten };
}

it.each([
  ['loose', 'name: loose\ndescription: Writes.\npermissionMode: acceptEdits', 'project'],
  ['loose', 'name: loose\ndescription: Writes.\npermissionMode: acceptEdits', 'home'],
  [
    'loose',
    'name: loose\ndescription: W.\npermissionMode: default\npermissionMode: acceptEdits',
    'home',
  ],
  [
    'loose',
    'name: loose\ndescription: W.\npermissionMode: acceptEdits\npermissionMode: default',
    'home',
  ],
  [
    'loose',
    'name: "loose"\ndescription: Use it: to write.\npermissionMode: acceptEdits',
    'project',
  ],
  ['loose', '"name": loose\ndescription: Writes.\n"permission\\x4dode": "acceptEdits"', 'project'],
] as const)(
  'an agent %s that grants by %j in the %s cannot be started by a worker that asks',
  async (agent, front, place) => {
    const { isWritten, asked } = await delegate(agent, front, place);
    expect({ isWritten, asked }).toEqual({ isWritten: false, asked: [] });
  },
);

it('an agent whose file grants nothing is started, and asks', async () => {
  const front = 'name: narrow\ndescription: Writes.\npermissionMode: default';
  expect(await delegate('narrow', front, 'project')).toMatchObject({
    isWritten: false,
    asked: ['Write'],
  });
});

it('an agent that grants edits is started by a worker that has them itself', async () => {
  const front = 'name: loose\ndescription: Writes.\npermissionMode: acceptEdits';
  const options = { permission_mode: 'acceptEdits' };
  expect(await delegate('loose', front, 'project', options)).toMatchObject({
    isWritten: true,
    asked: [],
  });
});
