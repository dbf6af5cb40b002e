import { execFile } from 'node:child_process';
import type { EffectiveOptions } from '../config/options.ts';
import type { AskModel } from '../models/choose.ts';
import { settingsId, settingsLine } from '../stream-json/input-line.ts';
import { asObject, asText, parseObject } from '../stream-json/message.ts';
import { workerEnvironment } from './environment.ts';
import type { SetupDeps } from './start.ts';

/** The worker whose model is in question. */
export interface ModelSubject {
  options: EffectiveOptions;
  agent_type: string | null;
  cwd: string;
}

/** How long `claude` may take to answer, in milliseconds. Without an answer, the model is unknown. */
const patienceMs = 10_000;

/**
 * Starts a `claude` that tells which model it would use, and leaves. Its settings, its agents and its
 * environment decide that, and only `claude` knows all of them. It runs no hook of the user, sends no
 * request and writes no session. An answer takes about 0.3 s; equal questions at one time share it.
 */
export function createModelQuestions(
  deps: SetupDeps,
  timeout = patienceMs,
): (subject: ModelSubject) => AskModel {
  const asked = new Map<string, Promise<string | undefined>>();
  return (subject) => (name) => {
    const key = JSON.stringify([name, subject.agent_type, subject.cwd]);
    const answer =
      asked.get(key) ?? ask(deps, subject, timeout, name).finally(() => asked.delete(key));
    asked.set(key, answer);
    return answer;
  };
}

function ask(
  deps: SetupDeps,
  subject: ModelSubject,
  timeout: number,
  name?: string,
): Promise<string | undefined> {
  const { options, cwd } = subject;
  const env = workerEnvironment({ ...deps, parent: deps.env, worker_id: '', options });
  const limits = { timeout, killSignal: 'SIGKILL', maxBuffer: 4 * 1024 ** 2 } as const;
  return new Promise((resolve) => {
    const args = questionArguments(subject.agent_type, name);
    const child = execFile(deps.command, args, { cwd, env, ...limits }, (_, stdout) =>
      resolve(modelIn(stdout)),
    );
    // A process that cannot be written to has exited, and the callback is told that.
    child.stdin?.on('error', () => {}).end(settingsLine());
  });
}

function questionArguments(agent_type: string | null, name?: string): string[] {
  return [
    '-p',
    ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    ...['--settings', JSON.stringify({ disableAllHooks: true }), '--no-session-persistence'],
    ...['--strict-mcp-config', '--mcp-config', JSON.stringify({ mcpServers: {} })],
    ...(agent_type === null ? [] : ['--agent', agent_type]),
    ...(name === undefined ? [] : ['--model', name]),
  ];
}

/** Finds the answer to our request in the output, and the model in that. */
function modelIn(stdout: string): string | undefined {
  for (const line of stdout.split('\n')) {
    const response = asObject(parseObject(line)?.response);
    if (response?.request_id !== settingsId) continue;
    return asText(asObject(asObject(response.response)?.applied)?.model);
  }
  return undefined;
}
