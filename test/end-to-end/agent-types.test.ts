import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Stage, scripted, setStage } from './harness.ts';
import { run, settle, systemOf, toolsOf } from './support-worker.ts';

const prompt = scripted({ text: 'Done.' });

/** Writes an agent type `critic` into the project. */
async function writeAgent(stage: Stage): Promise<void> {
  const folder = join(stage.project, '.claude', 'agents');
  await mkdir(folder, { recursive: true });
  const head = ['---', 'name: critic', 'description: Finds faults', 'tools: Read', '---'];
  await writeFile(
    join(folder, 'critic.md'),
    [...head, 'You find a fault in everything.'].join('\n'),
  );
}

it('a worker without an agent type has all tools', async () => {
  const stage = await setStage();
  const worker = await run(stage, await stage.connect(), prompt);
  expect(toolsOf(worker)).toEqual(expect.arrayContaining(['Agent', 'Bash', 'Edit', 'Write']));
  expect(worker.history.agent_type).toBeNull();
});

it('general-purpose has all tools, Explore and Plan have no tool that changes files', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const general = await run(stage, session, prompt, {}, 'general-purpose');
  expect(toolsOf(general)).toEqual(expect.arrayContaining(['Bash', 'Edit', 'Read', 'Write']));
  expect(general.history).toMatchObject({ agent_type: 'general-purpose', result: 'Done.' });

  for (const agent_type of ['Explore', 'Plan']) {
    const worker = await run(stage, session, prompt, {}, agent_type);
    expect(toolsOf(worker)).toEqual(expect.arrayContaining(['Bash', 'Read']));
    expect(toolsOf(worker)).not.toContain('Edit');
    expect(toolsOf(worker)).not.toContain('Write');
    expect(worker.history).toMatchObject({ agent_type, result: 'Done.' });
  }
});

it('an agent type of the project sets the system prompt and the tools in every turn', async () => {
  const stage = await setStage();
  await writeAgent(stage);
  const session = await stage.connect({ args: ['--keep-alive-seconds', '0'] });
  const first = await run(stage, session, prompt, {}, 'critic');
  expect(systemOf(first).join('\n')).toContain('You find a fault in everything.');
  expect(toolsOf(first)).toContain('Read');
  expect(toolsOf(first)).not.toContain('Bash');

  await stage.journaled(first.id, 'EXITED');
  await session.call('resume_worker', { worker_id: first.id, prompt });
  const second = await settle(stage, session, first.id);
  expect(second.requests).toHaveLength(2);
  expect(systemOf(second).join('\n')).toContain('You find a fault in everything.');
  expect(toolsOf(second)).not.toContain('Bash');
});

it('options.system replaces the system prompt of the agent type', async () => {
  const stage = await setStage();
  await writeAgent(stage);
  const system = 'You are a parrot.';
  const worker = await run(stage, await stage.connect(), prompt, { system }, 'critic');
  expect(systemOf(worker).join('\n')).toContain(system);
  expect(toolsOf(worker)).not.toContain('Bash');
});

it("an unknown agent type fails before any API request, with claude's list of agent types", async () => {
  const stage = await setStage();
  await writeAgent(stage);
  const session = await stage.connect();
  const { row, history } = await run(stage, session, prompt, {}, 'explorer');
  expect(row).toMatchObject({ reason: 'spawn_error' });
  expect(history).toMatchObject({ status: 'failed', reason: 'spawn_error', result: null });
  const known = /^Unknown agent type "explorer"\. claude knows: (.*)\.$/.exec(history.error_hint);
  const names = known?.[1]?.split(', ') ?? [];
  expect(names).toEqual(
    expect.arrayContaining(['critic', 'Explore', 'general-purpose', 'Plan', 'statusline-setup']),
  );
  expect(stage.api.requests).toEqual([]);
  expect((await run(stage, session, prompt)).history.result).toBe('Done.');
});
