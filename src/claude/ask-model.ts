import { execa } from 'execa';
import type { EffectiveOptions } from '../config/options.ts';
import type { AskModel } from '../models/choose.ts';
import { settingsId, settingsLine } from '../stream-json/input-line.ts';
import { asObject, asText, parseObject } from '../stream-json/message.ts';
import { workerEnvironment } from './environment.ts';
import type { SetupDeps } from './start.ts';

/** The worker whose model is asked for. */
export interface ModelSubject {
  options: EffectiveOptions;
  agent_type: string | null;
  cwd: string;
}

/** How long `claude` may take to answer, in milliseconds. Without an answer, the model is unknown. */
const answerMs = 10_000;

/**
 * Returns a function that asks a `claude` which model a worker would use. The settings, the agents and
 * the environment decide that, and only `claude` knows all of them. It runs no hook of the user, sends
 * no request, writes no session, and exits. An answer takes about 0.3 s; equal questions at the same
 * time share one answer.
 */
export function createModelQuestions(
  deps: SetupDeps,
  timeout = answerMs,
): (subject: ModelSubject) => AskModel {
  const inFlight = new Map<string, Promise<string | undefined>>();
  return (subject) => (name) => {
    const key = JSON.stringify([name, subject.agent_type, subject.cwd]);
    const answer =
      inFlight.get(key) ?? ask(deps, subject, timeout, name).finally(() => inFlight.delete(key));
    inFlight.set(key, answer);
    return answer;
  };
}

async function ask(
  deps: SetupDeps,
  subject: ModelSubject,
  timeout: number,
  name?: string,
): Promise<string | undefined> {
  const { options, cwd } = subject;
  const env = workerEnvironment({ ...deps, parent: deps.env, worker_id: '', options });
  const limits = { timeout, killSignal: 'SIGKILL', maxBuffer: 4 * 1024 ** 2 } as const;
  const args = questionArguments(subject.agent_type, name);
  const { stdout = '' } = await execa(deps.command, args, {
    ...{ cwd, env, extendEnv: false, cleanup: false, input: settingsLine(), reject: false },
    ...limits,
  });
  return modelIn(stdout);
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

/** Returns the model that the answer to our request names, if the output has the answer. */
function modelIn(stdout: string): string | undefined {
  for (const line of stdout.split('\n')) {
    const response = asObject(parseObject(line)?.response);
    if (response?.request_id !== settingsId) continue;
    return asText(asObject(asObject(response.response)?.applied)?.model);
  }
  return undefined;
}
