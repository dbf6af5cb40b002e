import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Answer, bash, scripted } from '../end-to-end/harness.ts';
import { type Server, waitForExit } from './server.ts';

/** The folders and the servers of one case. */
export interface Stage {
  state: string;
  logs: string;
  home: string;
  connect(args?: string[], env?: Record<string, string>): Promise<Server>;
  /** Resolves once the journal has a record of this event. */
  journaled(worker_id: string, event: string): Promise<Answer>;
}

/** Runs one worker and returns its id. */
export type Case = (stage: Stage) => Promise<string>;

const reply = (text: string) => scripted({ text });
const asking = scripted(bash('touch golden'), { text: 'Written.' });
const slow = scripted({ text: 'Slow.', delay_ms: 3_000 });
const endless = scripted({ delay_ms: 600_000 });

async function answerFirst(server: Server, worker_id: string, answer: Record<string, unknown>) {
  const { pending_permissions } = await server.settle(worker_id);
  const [{ request_id }] = pending_permissions;
  await server.call('approve_permission', { request_id, ...answer });
}

/** One case for each recorded worker; its name is the name of its folder. */
export const cases: Record<string, Case> = {
  async completed(stage) {
    const server = await stage.connect();
    const id = await server.spawn(scripted(bash('echo one'), { text: 'Done.' }));
    await server.settle(id);
    return id;
  },
  async 'two-turns-in-one-process'(stage) {
    const server = await stage.connect();
    const id = await server.spawn(reply('First.'));
    await server.settle(id);
    await server.call('resume_worker', { worker_id: id, prompt: reply('Second.') });
    await server.settle(id);
    return id;
  },
  async 'two-turns-in-two-processes'(stage) {
    const server = await stage.connect(['--keep-alive-seconds', '0']);
    const id = await server.spawn(reply('First.'));
    await server.settle(id);
    await stage.journaled(id, 'EXITED');
    await server.call('resume_worker', { worker_id: id, prompt: reply('Second.') });
    await server.settle(id);
    return id;
  },
  async 'permission-allowed-and-remembered'(stage) {
    const server = await stage.connect();
    const id = await server.spawn(asking);
    await answerFirst(server, id, { allow: true, remember: true });
    await server.settle(id);
    await server.call('resume_worker', { worker_id: id, prompt: asking });
    await server.settle(id);
    return id;
  },
  async 'permission-denied'(stage) {
    const server = await stage.connect();
    const id = await server.spawn(asking);
    await answerFirst(server, id, { allow: false, reason: 'Not there.' });
    await server.settle(id);
    return id;
  },
  async 'awaiting-permission'(stage) {
    const server = await stage.connect();
    const id = await server.spawn(asking);
    await server.settle(id);
    await server.kill();
    return id;
  },
  async 'adopted-while-running'(stage) {
    const first = await stage.connect();
    const id = await first.spawn(slow);
    await stage.journaled(id, 'PROMPT_ACCEPTED');
    await first.kill();
    const second = await stage.connect();
    await second.settle(id);
    return id;
  },
  async 'adopted-while-starting'(stage) {
    const first = await stage.connect();
    const id = await first.spawn(reply('Started twice.'));
    await stage.journaled(id, 'PROCESS_STARTED');
    await first.kill();
    const second = await stage.connect();
    await second.settle(id);
    return id;
  },
  async 'adopted-with-a-question'(stage) {
    const first = await stage.connect();
    const id = await first.spawn(asking);
    await first.settle(id);
    await first.kill();
    const second = await stage.connect();
    await answerFirst(second, id, { allow: true });
    await second.settle(id);
    return id;
  },
  async running(stage) {
    const server = await stage.connect();
    const id = await server.spawn(endless);
    await stage.journaled(id, 'PROMPT_ACCEPTED');
    await server.kill();
    return id;
  },
  async queued(stage) {
    const server = await stage.connect(['--max-workers', '1']);
    await server.spawn(endless);
    const id = await server.spawn(reply('Never said.'));
    await server.kill();
    return id;
  },
  async resumed(stage) {
    const server = await stage.connect(['--max-workers', '1']);
    const id = await server.spawn(reply('First.'));
    await server.settle(id);
    await server.spawn(endless);
    await server.call('resume_worker', { worker_id: id, prompt: reply('Never said.') });
    await server.kill();
    return id;
  },
  async stopped(stage) {
    const server = await stage.connect();
    const id = await server.spawn(endless);
    await stage.journaled(id, 'PROMPT_ACCEPTED');
    await server.call('stop_worker', { worker_ids: [id] });
    await server.settle(id);
    return id;
  },
  async 'stopped-while-queued'(stage) {
    const server = await stage.connect(['--max-workers', '1']);
    await server.spawn(endless);
    const id = await server.spawn(reply('Never said.'));
    await server.call('stop_worker', { worker_ids: [id] });
    await server.settle(id);
    return id;
  },
  'failed-api_error': failing(scripted({ error: { status: 400, type: 'invalid_request_error' } })),
  'failed-auth': failing(scripted({ error: { status: 401, type: 'authentication_error' } })),
  'failed-rate_limited': failing(scripted({ error: { status: 429, type: 'rate_limit_error' } }), {
    CLAUDE_CODE_MAX_RETRIES: '0',
  }),
  'failed-model_unavailable': failing(
    scripted({ error: { status: 404, type: 'not_found_error' } }),
  ),
  'failed-max_turns': failing(
    scripted(bash('true'), bash('true'), { text: 'x' }),
    {},
    { max_turns: 1 },
  ),
  'failed-budget': failing(scripted(bash('true'), { text: 'x' }), {}, { max_budget_usd: 0.000001 }),
  'failed-time_limit': failing(endless, {}, { timeout_seconds: 4 }),
  'failed-no_answer': failing(
    reply('No object.'),
    {},
    { output_schema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] } },
  ),
  'failed-spawn_error': failing(reply('x'), {}, {}, 'nobody-knows-it'),
  'failed-claude_not_found': failing(reply('x'), { AWM_CLAUDE: '/nowhere/claude' }),
  'failed-crashed': failing(reply('x'), { AWM_CLAUDE: '/bin/false' }),
  async 'failed-killed'(stage) {
    const server = await stage.connect();
    const id = await server.spawn(endless);
    await stage.journaled(id, 'PROMPT_ACCEPTED');
    const { event } = await stage.journaled(id, 'PROCESS_STARTED');
    process.kill(event.pid, 'SIGKILL');
    await server.settle(id);
    return id;
  },
  async 'failed-interrupted'(stage) {
    const first = await stage.connect();
    const id = await first.spawn(endless);
    await stage.journaled(id, 'PROMPT_ACCEPTED');
    await first.kill();
    const { event } = await stage.journaled(id, 'PROCESS_STARTED');
    process.kill(event.pid, 'SIGKILL');
    await waitForExit(event.pid);
    const second = await stage.connect();
    await second.settle(id);
    return id;
  },
  async 'failed-session_lost'(stage) {
    const server = await stage.connect(['--keep-alive-seconds', '0']);
    const id = await server.spawn(reply('First.'));
    await server.settle(id);
    await stage.journaled(id, 'EXITED');
    await rm(join(stage.home, '.claude/projects'), { recursive: true });
    await server.call('resume_worker', { worker_id: id, prompt: reply('Second.') });
    await server.settle(id);
    return id;
  },
};

function failing(
  prompt: string,
  env: Record<string, string> = {},
  options: Record<string, unknown> = {},
  agent_type?: string,
): Case {
  return async (stage) => {
    const server = await stage.connect([], env);
    const id = await server.spawn(prompt, options, agent_type);
    await server.settle(id);
    return id;
  };
}
