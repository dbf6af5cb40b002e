import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Step, Turn } from '../../src/practice/script.ts';
import { bash, scripted, setStage, toolResultsOf } from './harness.ts';
import {
  carrierNames,
  hostile,
  places,
  variablesIn,
  writeHostileSettings,
} from './support-hostile.ts';
import { untilStandbyWaits } from './support-standby.ts';
import { bodyOf, run, type Settled, settle } from './support-worker.ts';

const twoSteps = scripted(bash('env'), { text: 'Done.' });
const allowed_tools = ['Bash'];

/** What the tools of a worker see of the table. */
function seenByTools(worker: Settled): Record<string, string> {
  return variablesIn(toolResultsOf(worker.requests.at(-1))[0]?.content ?? '');
}

it('the hostile settings set every variable of the table', () => {
  expect(Object.keys(hostile).sort()).toEqual([...carrierNames].sort());
});

describe.each(places)('settings of the %s', (place) => {
  it('change no option of a worker', async () => {
    const stage = await setStage();
    await writeHostileSettings(stage, place);
    const session = await stage.connect();
    const options = {
      model: 'claude-sonnet-4-6',
      max_tokens: 1000,
      temperature: 0.2,
      max_turns: 5,
    };
    const worker = await run(stage, session, twoSteps, {
      ...options,
      effort: 'low',
      allowed_tools,
    });
    expect(worker.history).toMatchObject({ status: 'completed', result: 'Done.' });
    expect(bodyOf(worker)).toMatchObject({
      ...{ model: 'claude-sonnet-4-6', max_tokens: 1000, temperature: 0.2 },
      ...{ thinking: { type: 'disabled' }, output_config: { effort: 'low' } },
    });
    expect(bodyOf(worker)).not.toHaveProperty('top_k');
    const seen = seenByTools(worker);
    expect(seen).toMatchObject({ AWM_WORKER: worker.id, AWM_DEPTH: '1' });
    expect(carrierNames.filter((name) => seen[name] === hostile[name])).toEqual([]);
  });

  it('change no option that nobody gave', async () => {
    const stage = await setStage();
    await writeHostileSettings(stage, place);
    const session = await stage.connect();
    const model = 'claude-sonnet-4-6';
    const worker = await run(stage, session, twoSteps, { model, allowed_tools });
    expect(worker.history).toMatchObject({ status: 'completed', result: 'Done.' });
    expect(bodyOf(worker)).toMatchObject({ temperature: 1, thinking: { type: 'disabled' } });
    expect(bodyOf(worker)).toMatchObject({ max_tokens: 32_000 });
    expect(bodyOf(worker)).not.toHaveProperty('top_k');
    const seen = seenByTools(worker);
    expect(carrierNames.filter((name) => seen[name] === hostile[name])).toEqual([]);
  });

  it('turn off no thinking', async () => {
    const stage = await setStage();
    await writeHostileSettings(stage, place);
    const options = { model: 'claude-sonnet-4-5', thinking: true, max_tokens: 4000 };
    const prompt = scripted({ text: 'Done.' });
    expect(bodyOf(await run(stage, await stage.connect(), prompt, options))).toMatchObject({
      ...{ max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 2000 } },
    });
  });
});

it('settings do not keep a worker from its fallback_model', async () => {
  const stage = await setStage();
  await writeHostileSettings(stage, 'project');
  const options = { model: 'claude-sonnet-4-6', fallback_model: 'claude-haiku-4-5' };
  const steps = ({ request }: Turn): Step =>
    request.model === options.model ? { error: { status: 404 } } : { text: 'Done.' };
  stage.api.setRules([{ match: 'Try it', steps }]);
  const { history } = await run(stage, await stage.connect(), 'Try it.', options);
  expect(history).toMatchObject({ result: 'Done.', model: 'claude-haiku-4-5' });
});

it('what the user adds to requests stays, beats settings files, and is not in the arguments', async () => {
  const stage = await setStage();
  await writeHostileSettings(stage, 'project');
  const added = { gateway: { key: 'a-secret' }, temperature: 0.7, top_k: 5 };
  const session = await stage.connect({
    args: ['--standby', '1'],
    env: { CLAUDE_CODE_EXTRA_BODY: JSON.stringify(added) },
  });
  const prompt = scripted({ text: 'Done.' });
  for (const isAhead of [false, true]) {
    const waiting = isAhead && (await untilStandbyWaits(stage));
    const worker = await run(stage, session, prompt, { temperature: 0.2 });
    if (isAhead) expect(worker.id).toBe(waiting);
    expect(bodyOf(worker)).toMatchObject({ gateway: added.gateway, temperature: 0.2 });
    expect(bodyOf(worker)).not.toHaveProperty('top_k');
    const { stdout } = await promisify(execFile)('ps', [
      ...['-o', 'args=', '-ww', '-p', String(await stage.pid(worker.id))],
    ]);
    expect(stdout).toContain(worker.id);
    expect(stdout).not.toContain('a-secret');
  }
});

it('settings do not keep a worker from its follow-ups, in its process and in a new process', async () => {
  const stage = await setStage();
  await writeHostileSettings(stage, 'project');
  const session = await stage.connect({ args: ['--standby', '1'] });
  await run(stage, session, scripted({ text: 'First.' }));
  const waiting = await untilStandbyWaits(stage);
  const { id } = await run(stage, session, scripted({ text: 'One.' }));
  expect(id).toBe(waiting);
  const pid = await stage.pid(id);
  await session.call('resume_worker', { worker_id: id, prompt: scripted({ text: 'Two.' }) });
  expect((await settle(stage, session, id)).history).toMatchObject({ result: 'Two.' });
  expect(await stage.pid(id)).toBe(pid);
  await session.call('stop_worker', { worker_ids: [id] });
  await session.call('resume_worker', { worker_id: id, prompt: scripted({ text: 'Three.' }) });
  const { history, requests } = await settle(stage, session, id);
  expect(history).toMatchObject({ status: 'completed', result: 'Three.' });
  expect(requests).toHaveLength(3);
  for (const { body } of requests) {
    expect(body).toMatchObject({ temperature: 1, thinking: { type: 'disabled' } });
  }
});
