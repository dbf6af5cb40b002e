import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Options, optionsSchema } from '../../src/config/options.ts';
import type { PracticeRequest } from '../../src/practice/server.ts';
import { type Session, type Stage, scripted, setStage } from './harness.ts';
import { isHostileHome } from './hostile-home.ts';
import { writeAgent } from './support-models.ts';
import { untilStandbyWaits } from './support-standby.ts';

const prompt = scripted({ text: 'Done.' });

/** The arguments of a spawn beside its prompt. */
interface Given {
  options?: Options;
  agent_type?: string;
}

/** With a system prompt, after which the next standby process is not initialized before its worker. */
const otherSystem: Given = { options: { system: 'You are a crow.' } };

/** For every option a value that is not its default, and the arguments of the worker before it. */
const cases: Record<keyof Options | 'agent_type', { given: Given; before?: Given }> = {
  agent_type: { given: { agent_type: 'Explore' } },
  model: { given: { options: { model: 'haiku' } }, before: {} },
  system: { given: { options: { system: 'You are a parrot.' } }, before: otherSystem },
  append_system: { given: { options: { append_system: 'Say all twice.' } }, before: otherSystem },
  output_schema: {
    given: {
      options: { output_schema: { type: 'object', properties: { a: { type: 'string' } } } },
    },
    before: otherSystem,
  },
  timeout_seconds: { given: { options: { timeout_seconds: 300 } }, before: {} },
  temperature: { given: { options: { temperature: 0.3 } } },
  max_tokens: { given: { options: { max_tokens: 3000 } } },
  thinking: { given: { options: { thinking: true } } },
  top_p: { given: { options: { top_p: 0.9 } } },
  top_k: { given: { options: { top_k: 40 } } },
  effort: { given: { options: { model: 'claude-opus-4-6', effort: 'low' } } },
  cwd: { given: { options: { cwd: 'part' } } },
  permission_mode: { given: { options: { permission_mode: 'plan' } } },
  allowed_tools: { given: { options: { allowed_tools: ['Read'] } } },
  disallowed_tools: { given: { options: { disallowed_tools: ['Bash', 'WebFetch'] } } },
  max_turns: { given: { options: { max_turns: 3 } } },
  max_budget_usd: { given: { options: { max_budget_usd: 2 } } },
  fallback_model: { given: { options: { fallback_model: 'claude-haiku-4-5' } } },
  add_dirs: { given: { options: { add_dirs: ['part'] } } },
  background: { given: { options: { background: 'off' } } },
  mcp_config: { given: { options: { mcp_config: { none: { command: 'false' } } } } },
};

/** Options without standby processes, because they run commands or open other folders. */
const neverStandby: string[] = ['add_dirs', 'mcp_config'];

/** Runs a worker until it settles; returns its API request, and whether it got a standby process. */
async function run(stage: Stage, session: Session, { options, agent_type }: Given) {
  const before = stage.api.requests.length;
  const worker_id = await session.spawn(prompt, options, agent_type);
  await session.call('wait');
  const [started] = (await stage.journal(worker_id)).filter(
    ({ event }) => event.type === 'PROCESS_STARTED',
  );
  const { session_id } = (await stage.journal(worker_id))[0].event.spec;
  const [request] = stage.api.requests.slice(before).filter((one) => one.prompt === prompt);
  return { wasStandby: started.event.standby === true, body: bodyOf(request, session_id) };
}

/** Returns the body without the values that differ in every session. */
function bodyOf(request: PracticeRequest | undefined, session_id: string): unknown {
  const text = JSON.stringify(request?.body).replaceAll(session_id, 'SESSION');
  const same = text.replace(/cc_version=[\d.]+\w+/, 'cc_version=SAME');
  return JSON.parse(same.replace(/plans\/[-\w]+\.md/g, 'plans/SAME.md'));
}

/** Runs a worker in a new process and returns its API request. */
async function runCold(stage: Stage, given: Given): Promise<unknown> {
  const cold = await run(stage, await stage.connect({ args: ['--standby', '0'] }), given);
  expect(cold.wasStandby).toBe(false);
  return cold.body;
}

/** Starts a server and runs its first worker, for whose set-up the server starts a standby process. */
async function connectWithStandby(stage: Stage, before: Given) {
  const session = await stage.connect({ args: ['--standby', '1'] });
  const first = await run(stage, session, before);
  expect(first.wasStandby).toBe(false);
  return { session, body: first.body };
}

// Concurrent, because each test has its own server and waits until a process is started ahead.
describe.concurrent('a worker in a standby process sends the same request as in a new process, with', () => {
  const names = Object.keys(optionsSchema.shape).concat('agent_type');
  it.for(names)('%s', async (name, { onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    await mkdir(join(stage.project, 'part'));
    // The type of `cases` has every option as a key.
    const { given, before } = cases[name as keyof typeof cases];
    const other = before ? await runCold(stage, given) : undefined;
    // The first worker of a server gets a new process.
    const { session, body } = await connectWithStandby(stage, before ?? given);
    if (neverStandby.includes(name)) {
      expect((await run(stage, session, given)).wasStandby).toBe(false);
      return;
    }
    await untilStandbyWaits(stage);
    const standby = await run(stage, session, given);
    expect(standby.body).toEqual(other ?? body);
    // In a repository, a git that is slow on a busy machine also means a new process.
    if (!isHostileHome()) expect(standby.wasStandby).toBe(true);
  });
});

describe.concurrent('a worker gets a standby process', () => {
  const mine: Given = { options: { model: 'claude-haiku-4-5' } };
  it.for<[string, Given, Given, boolean]>([
    ['with the same full model name', mine, mine, true],
    ['with an alias instead of another model', mine, { options: { model: 'sonnet' } }, true],
    ['but not with a full model name that the process does not have', {}, mine, false],
    ['but not without a model when the process has one', mine, {}, false],
  ])('%s', async ([, before, given, wasStandby], { onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    const body = await runCold(stage, given);
    const { session } = await connectWithStandby(stage, before);
    await untilStandbyWaits(stage);
    expect(await run(stage, session, given)).toEqual({ wasStandby, body });
  });

  it('with an alias instead of the model of its agent type', async ({ onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    await writeAgent(stage, 'critic', 'claude-opus-4-6');
    const given: Given = { options: { model: 'sonnet' }, agent_type: 'critic' };
    const body = await runCold(stage, given);
    const { session } = await connectWithStandby(stage, { agent_type: 'critic' });
    await untilStandbyWaits(stage);
    expect(await run(stage, session, given)).toEqual({ wasStandby: true, body });
  });
});
