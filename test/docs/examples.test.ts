import { expect, it } from 'vitest';
import { type Answer, bash, scripted, setStage } from '../end-to-end/harness.ts';
import { blocks, section } from './documents.ts';

/** The arguments and the result that its page gives as the example of a tool. */
function example(tool: string): { args: Answer; answer: Answer } {
  const [args = '', answer = ''] = blocks(section('docs/tools.md', `## \`${tool}\``), 'json');
  return { args: JSON.parse(args), answer: JSON.parse(answer) };
}

/** Every path to a value, with its type; what a caller gave freely is left out. */
function shapeOf(value: unknown, path = ''): string[] {
  if (/\.(input|options|usage)$/.test(path)) return [`${path}: given`];
  if (Array.isArray(value)) return unique(value.flatMap((item) => shapeOf(item, `${path}[]`)));
  if (typeof value !== 'object' || value === null)
    return [`${path}: ${value === null ? 'null' : typeof value}`];
  return unique(Object.entries(value).flatMap(([key, item]) => shapeOf(item, `${path}.${key}`)));
}

const unique = (list: string[]): string[] => [...new Set(list)].toSorted();

it('the results in the documents have the shape of real results', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const expectShape = (tool: string, answer: Answer) =>
    expect(shapeOf(answer), tool).toEqual(shapeOf(example(tool).answer));

  const done = await session.spawn(scripted({ text: 'Nothing slow on the hot path.' }));
  const failed = await session.spawn(scripted({ error: { status: 400 } }));
  await stage.journaled(done, 'SAVED');
  await stage.journaled(failed, 'SAVED');
  const spawned = await session.call('spawn_worker', {
    ...example('spawn_worker').args,
    prompt: scripted(bash('npm audit --json > audit.json'), { text: 'One finding.' }),
  });
  expectShape('spawn_worker', spawned);

  const asked = await session.call('wait', example('wait').args);
  expectShape('wait', asked);
  const [request] = asked.pending_permissions;
  const { request_id: _, ...decision } = example('approve_permission').args;
  const answered = { ...decision, request_id: request.request_id };
  expectShape('approve_permission', await session.call('approve_permission', answered));
  await session.call('wait');

  const listed = await session.call('list_workers', example('list_workers').args);
  expectShape('list_workers', listed);
  const [written = ''] = blocks(section('docs/files.md', '## The history file'), 'json');
  const { messages, ...history } = await stage.history(spawned.worker_id);
  expect(messages.length).toBeGreaterThan(3);
  const { messages: __, ...expected } = JSON.parse(written);
  // The example names no agent; the one here was given one by the example of spawn_worker.
  expect(shapeOf({ ...history, agent_type: null })).toEqual(shapeOf(expected));

  const followUp = { worker_id: spawned.worker_id, prompt: scripted({ delay_ms: 60_000 }) };
  expectShape('resume_worker', await session.call('resume_worker', followUp));
  await stage.journaled(spawned.worker_id, 'RESUME');
  const worker_ids = [spawned.worker_id, done];
  expectShape('stop_worker', await session.call('stop_worker', { worker_ids }));
});
