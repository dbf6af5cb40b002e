import type { PracticeRequest } from '../../src/practice/server.ts';
import type { Answer, Session, Stage } from './harness.ts';

/** A settled worker: its row in `wait`, its history file and its API requests. */
export interface Settled {
  id: string;
  row: Answer;
  history: Answer;
  /** The worker's Messages requests, oldest first. */
  requests: PracticeRequest[];
}

/** Spawns a worker and waits until it has settled. */
export async function run(
  stage: Stage,
  session: Session,
  prompt: string,
  options?: Record<string, unknown>,
  agent_type?: string,
): Promise<Settled> {
  return settle(stage, session, await session.spawn(prompt, options, agent_type));
}

/** Waits until a worker has settled. A permission request throws, because it is an error of the test. */
export async function settle(stage: Stage, session: Session, id: string): Promise<Settled> {
  const answer = await session.call('wait', { worker_ids: [id] });
  const [row] = [...answer.completed, ...answer.failed];
  if (!row) throw new Error(`Worker ${id} has not settled: ${JSON.stringify(answer)}`);
  const history = await stage.history(id);
  return { id, row, history, requests: requestsOf(stage, history.session_id) };
}

/** Returns the Messages requests of one claude session, oldest first. */
export function requestsOf({ api }: Stage, session_id: string): PracticeRequest[] {
  return api.requests.filter(
    ({ session, path }) => session === session_id && path === '/v1/messages',
  );
}

/** Returns the body of a worker's last Messages request. */
export function bodyOf({ requests }: { requests: readonly PracticeRequest[] }): Answer {
  return requests.at(-1)?.body;
}

/** Returns the texts of a worker's system prompt. */
export function systemOf(settled: Settled): string[] {
  return bodyOf(settled).system.map(({ text }: { text: string }) => text);
}

/** Returns the names of the tools in a worker's last request. */
export function toolsOf(settled: Settled): string[] {
  return bodyOf(settled).tools.map(({ name }: { name: string }) => name);
}

/** Returns the tools of a worker's open requests, in the order of the requests. */
export async function askedTools(session: Session, worker_id: string): Promise<string[]> {
  const { pending_permissions } = await session.call('wait', { worker_ids: [worker_id] });
  return pending_permissions.map(({ tool }: { tool: string }) => tool);
}
