import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Step, Turn } from '../../src/practice/script.ts';
import { shellWord } from '../../src/text/shell-word.ts';
import { type Answer, bash, type Stage, scripted, setStage, toolResultsOf } from './harness.ts';
import { needsOrdinaryHome } from './hostile-home.ts';
import { runOuterClaude, toolPrefix } from './support-outer.ts';

const call = (tool: string, input: Record<string, unknown>) => ({
  name: `${toolPrefix}${tool}`,
  input,
});

/** The steps of the caller: spawns, then waits and answers requests until nothing is open. */
function orchestrate(prompts: string[]): (turn: Turn) => Step {
  return ({ step, results }) => {
    if (step === 0) {
      const spawns = prompts.map((prompt, index) =>
        call('spawn_worker', { description: `Worker ${index}`, prompt }),
      );
      return { tools: spawns };
    }
    const [last] = results;
    if (last?.name !== `${toolPrefix}wait`) return { tools: [call('wait', {})] };
    const { pending_permissions }: Answer = JSON.parse(last.content);
    if (pending_permissions.length === 0) return { text: 'All of them are done.' };
    const approvals = pending_permissions.map(({ request_id }: { request_id: string }) =>
      call('approve_permission', { request_id, allow: true }),
    );
    return { tools: approvals };
  };
}

/** Returns all tool results that the caller's model got, in order. */
function shownTo(stage: Stage, session: string): { name: string | undefined; answer: Answer }[] {
  const requests = stage.api.requests.filter((request) => request.session === session);
  return requests.flatMap(toolResultsOf).map(({ name, content }) => ({
    name: name?.replace(toolPrefix, ''),
    answer: JSON.parse(content),
  }));
}

const ofHome = needsOrdinaryHome(
  'the claude above obeys the settings of the home, such as one turn',
);

it.skipIf(ofHome)(
  'claude itself spawns workers, answers their permission requests and gets their results',
  async () => {
    const stage = await setStage();
    const file = join(stage.project, 'made.txt');
    const secret = 'What a worker says stays in its file.';
    const workers = [
      scripted({ text: secret }),
      scripted(bash(`touch ${shellWord(file)}`), { text: 'It is made.' }),
    ];
    stage.api.setRules([{ match: 'Orchestrate', steps: orchestrate(workers) }]);

    const lines = await runOuterClaude(stage, 'Orchestrate two workers.');
    const result = lines.find(({ type }) => type === 'result');
    expect(result).toMatchObject({ is_error: false, result: 'All of them are done.' });
    expect(result.permission_denials).toEqual([]);
    await access(file);

    const shown = shownTo(stage, result.session_id);
    const answersOf = (tool: string) => shown.filter(({ name }) => name === tool);
    const spawned = answersOf('spawn_worker').map(({ answer }) => answer.worker_id);
    expect(answersOf('spawn_worker').map(({ answer }) => answer)).toEqual(
      spawned.map((worker_id) => ({ worker_id, status: 'spawning' })),
    );
    const [asked] = answersOf('wait').flatMap(({ answer }) => answer.pending_permissions);
    expect(asked).toMatchObject({
      worker_id: spawned[1],
      tool: 'Bash',
      input: { command: `touch ${shellWord(file)}` },
    });
    const { request_id } = asked;
    expect(answersOf('approve_permission').map(({ answer }) => answer)).toEqual([
      { request_id, worker_id: spawned[1], tool: 'Bash', decision: 'allow' },
    ]);
    const delivered = answersOf('wait').flatMap(({ answer }) => answer.completed);
    expect(delivered).toHaveLength(2);
    expect(delivered.map(({ worker_id }) => worker_id)).toEqual(expect.arrayContaining(spawned));

    const histories = await Promise.all(spawned.map((worker_id) => stage.history(worker_id)));
    expect(histories.map((history) => history.result)).toEqual([secret, 'It is made.']);
    expect(JSON.stringify(shown)).not.toContain(secret);
  },
);
