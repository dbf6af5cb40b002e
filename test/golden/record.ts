import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { startPracticeApi } from '../../src/practice/server.ts';
import { type Answer, bash, scripted } from '../end-to-end/harness.ts';
import { endLeftovers } from '../end-to-end/worker-files.ts';

/**
 * Records real workers of a built server as golden files, one folder for each case:
 * `npx tsx test/golden/record.ts <dist/main.mjs> <folder>`. Recorded files are never changed again:
 * they stand for the workers that users have from that version.
 */
const [bundle = '', target = ''] = process.argv.slice(2);
const claude = resolve('node_modules/.bin/claude');

interface Server {
  call(tool: string, args?: Record<string, unknown>): Promise<Answer>;
  spawn(prompt: string, options?: Record<string, unknown>, agent_type?: string): Promise<string>;
  /** Resolves with the answer of `wait` for one worker. */
  settle(worker_id: string): Promise<Answer>;
  kill(): Promise<void>;
  close(): Promise<void>;
}

interface Stage {
  logs: string;
  home: string;
  connect(args?: string[], env?: Record<string, string>): Promise<Server>;
  /** Resolves once the journal has a record of this event. */
  journaled(worker_id: string, event: string): Promise<Answer>;
}

/** Plays one worker and returns its id. */
type Case = (stage: Stage) => Promise<string>;

const say = (text: string) => scripted({ text });
const asking = scripted(bash('touch golden'), { text: 'Written.' });
const slow = scripted({ text: 'Slow.', delay_ms: 3_000 });
const never = scripted({ delay_ms: 600_000 });

async function answerFirst(server: Server, worker_id: string, answer: Record<string, unknown>) {
  const { pending_permissions } = await server.settle(worker_id);
  const [{ request_id }] = pending_permissions;
  await server.call('approve_permission', { request_id, ...answer });
}

const cases: Record<string, Case> = {
  async completed(stage) {
    const server = await stage.connect();
    const id = await server.spawn(scripted(bash('echo one'), { text: 'Done.' }));
    await server.settle(id);
    return id;
  },
  async 'two-turns-in-one-process'(stage) {
    const server = await stage.connect();
    const id = await server.spawn(say('First.'));
    await server.settle(id);
    await server.call('resume_worker', { worker_id: id, prompt: say('Second.') });
    await server.settle(id);
    return id;
  },
  async 'two-turns-in-two-processes'(stage) {
    const server = await stage.connect(['--keep-alive-seconds', '0']);
    const id = await server.spawn(say('First.'));
    await server.settle(id);
    await stage.journaled(id, 'EXITED');
    await server.call('resume_worker', { worker_id: id, prompt: say('Second.') });
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
    const id = await first.spawn(say('Started twice.'));
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
    const id = await server.spawn(never);
    await stage.journaled(id, 'PROMPT_ACCEPTED');
    await server.kill();
    return id;
  },
  async queued(stage) {
    const server = await stage.connect(['--max-workers', '1']);
    await server.spawn(never);
    const id = await server.spawn(say('Never said.'));
    await server.kill();
    return id;
  },
  async resumed(stage) {
    const server = await stage.connect(['--max-workers', '1']);
    const id = await server.spawn(say('First.'));
    await server.settle(id);
    await server.spawn(never);
    await server.call('resume_worker', { worker_id: id, prompt: say('Never said.') });
    await server.kill();
    return id;
  },
  async stopped(stage) {
    const server = await stage.connect();
    const id = await server.spawn(never);
    await stage.journaled(id, 'PROMPT_ACCEPTED');
    await server.call('stop_worker', { worker_ids: [id] });
    await server.settle(id);
    return id;
  },
  async 'stopped-while-queued'(stage) {
    const server = await stage.connect(['--max-workers', '1']);
    await server.spawn(never);
    const id = await server.spawn(say('Never said.'));
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
  'failed-time_limit': failing(never, {}, { timeout_seconds: 4 }),
  'failed-no_answer': failing(
    say('No object.'),
    {},
    { output_schema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] } },
  ),
  'failed-spawn_error': failing(say('x'), {}, {}, 'nobody-knows-it'),
  'failed-claude_not_found': failing(say('x'), { AWM_CLAUDE: '/nowhere/claude' }),
  'failed-crashed': failing(say('x'), { AWM_CLAUDE: '/bin/false' }),
  async 'failed-killed'(stage) {
    const server = await stage.connect();
    const id = await server.spawn(never);
    await stage.journaled(id, 'PROMPT_ACCEPTED');
    const { event } = await stage.journaled(id, 'PROCESS_STARTED');
    process.kill(event.pid, 'SIGKILL');
    await server.settle(id);
    return id;
  },
  async 'failed-interrupted'(stage) {
    const first = await stage.connect();
    const id = await first.spawn(never);
    await stage.journaled(id, 'PROMPT_ACCEPTED');
    await first.kill();
    const { event } = await stage.journaled(id, 'PROCESS_STARTED');
    process.kill(event.pid, 'SIGKILL');
    await gone(event.pid);
    const second = await stage.connect();
    await second.settle(id);
    return id;
  },
  async 'failed-session_lost'(stage) {
    const server = await stage.connect(['--keep-alive-seconds', '0']);
    const id = await server.spawn(say('First.'));
    await server.settle(id);
    await stage.journaled(id, 'EXITED');
    await rm(join(stage.home, '.claude/projects'), { recursive: true });
    await server.call('resume_worker', { worker_id: id, prompt: say('Second.') });
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

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function connect(
  project: string,
  args: string[],
  env: Record<string, string>,
): Promise<Server> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [resolve(bundle), ...args],
    cwd: project,
    env,
    stderr: 'ignore',
  });
  const client = new Client({ name: 'claude-code', version: '1.0.0' });
  await client.connect(transport);
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const result: Answer = await client.callTool({ name, arguments: args }, undefined, {
      timeout: 120_000,
    });
    if (result.isError) throw new Error(`${name}: ${result.content[0].text}`);
    return result.structuredContent;
  };
  return {
    call,
    async spawn(prompt, options, agent_type) {
      return (
        await call('spawn_worker', { description: 'A golden worker', prompt, options, agent_type })
      ).worker_id;
    },
    settle: (worker_id) => call('wait', { worker_ids: [worker_id] }),
    async kill() {
      const pid = transport.pid ?? 0;
      process.kill(pid, 'SIGKILL');
      await gone(pid);
    },
    close: () => client.close(),
  };
}

async function record(name: string, play: Case): Promise<void> {
  const api = await startPracticeApi({});
  const root = await mkdtemp(join(tmpdir(), 'awm-golden-'));
  const [project, home] = [join(root, 'project'), join(root, 'home')];
  const logs = join(project, 'logs');
  await Promise.all([mkdir(project), mkdir(home)]);
  const servers: Server[] = [];
  const worker_id = await play({
    logs,
    home,
    async connect(args = [], env = {}) {
      const base = {
        PATH: process.env.PATH ?? '',
        HOME: home,
        AWM_CLAUDE: claude,
        AWM_STANDBY: '0',
      };
      const server = await connect(project, args, { ...base, ...api.environment(), ...env });
      servers.push(server);
      return server;
    },
    async journaled(id, event) {
      for (;;) {
        const text = await readFile(join(logs, `worker-${id}`, 'journal.ndjson'), 'utf8').catch(
          () => '',
        );
        const records = text
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line));
        const found = records.findLast((one) => one.event.type === event);
        if (found) return found;
        await new Promise((done) => setTimeout(done, 10));
      }
    },
  });
  for (const server of servers) await server.close().catch(() => {});
  const into = join(target, name);
  await mkdir(into, { recursive: true });
  const folder = join(logs, `worker-${worker_id}`);
  const keep = async (from: string, to: string) => {
    const text = await readFile(from, 'utf8').catch(() => undefined);
    if (text !== undefined)
      await writeFile(
        join(into, to),
        scrub(text.split('\n').map(withoutCommands).join('\n'), {
          [root]: '/project',
          [process.cwd()]: '/opt/awm',
          [api.url]: 'http://127.0.0.1:1',
        }),
      );
  };
  await keep(join(folder, 'journal.ndjson'), 'journal.ndjson');
  await keep(join(folder, 'stdout.ndjson'), 'stdout.ndjson');
  await keep(`${folder}.json`, 'history.json');
  await endLeftovers(logs);
  await api.close();
  await rm(root, { recursive: true, force: true });
  process.stdout.write(`${name}: ${(await readdir(into)).join(' ')}\n`);
}

/** What `claude` says of its own commands is long and of no use; offsets stay, as the line stays as long. */
function withoutCommands(line: string): string {
  if (!line.includes('"commands":[')) return line;
  const value = JSON.parse(line);
  if (value.type !== 'control_response') return line;
  value.response.response.commands = [];
  const short = JSON.stringify(value);
  return short + ' '.repeat(Buffer.byteLength(line) - Buffer.byteLength(short));
}

/** Paths of the recording machine become paths of as many bytes: journals point into stdout by offset. */
function scrub(text: string, paths: Record<string, string>): string {
  return Object.entries(paths).reduce((scrubbed, [path, name]) => {
    const flat = path.replace(/[^a-zA-Z0-9]/g, '-');
    return scrubbed
      .replaceAll(path, name.padEnd(path.length, '_'))
      .replaceAll(flat, name.replace(/[^a-zA-Z0-9]/g, '-').padEnd(flat.length, '-'));
  }, text);
}

const wanted = process.argv.slice(4);
for (const [name, play] of Object.entries(cases)) {
  if (wanted.length === 0 || wanted.includes(name)) await record(name, play);
}
