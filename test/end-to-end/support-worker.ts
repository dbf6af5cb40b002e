import type { PracticeRequest } from '../../src/practice/server.ts';
import type { Answer, Session, Stage } from './harness.ts';

/** A worker that has settled: its row in `wait`, its history file and what it sent to the API. */
export interface Settled {
  id: string;
  row: Answer;
  history: Answer;
  /** Its Messages requests, oldest first. */
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

/** Waits until a worker has settled; a permission that it asks for is an error of the test. */
export async function settle(stage: Stage, session: Session, id: string): Promise<Settled> {
  const answer = await session.call('wait', { worker_ids: [id] });
  const [row] = [...answer.completed, ...answer.failed];
  if (!row) throw new Error(`Worker ${id} has not settled: ${JSON.stringify(answer)}`);
  const history = await stage.history(id);
  return { id, row, history, requests: requestsOf(stage, history.session_id) };
}

/** The Messages requests of one claude session, oldest first. */
export function requestsOf({ api }: Stage, session_id: string): PracticeRequest[] {
  return api.requests.filter(
    ({ session, path }) => session === session_id && path === '/v1/messages',
  );
}

/** The body of a worker's last Messages request. */
export function bodyOf({ requests }: { requests: readonly PracticeRequest[] }): Answer {
  return requests.at(-1)?.body;
}

/** The blocks of a worker's system prompt. */
export function systemOf(settled: Settled): string[] {
  return bodyOf(settled).system.map(({ text }: { text: string }) => text);
}

/** The names of the tools that a worker's model is offered. */
export function toolsOf(settled: Settled): string[] {
  return bodyOf(settled).tools.map(({ name }: { name: string }) => name);
}

/** What `wait` shows that a worker asks for: the tools, in the order of asking. */
export async function askedTools(session: Session, worker_id: string): Promise<string[]> {
  const { pending_permissions } = await session.call('wait', { worker_ids: [worker_id] });
  return pending_permissions.map(({ tool }: { tool: string }) => tool);
}
