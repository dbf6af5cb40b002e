import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessMissing } from '../src/files/private-files.ts';
import type { HistoryTurn } from '../src/history/turns.ts';
import type { PracticeRequest } from '../src/practice/server.ts';
import type { Caller } from './caller.ts';
import type { Player } from './story.ts';

/** The part of a history file that the demo looks at. */
export interface History {
  status: string;
  reason?: string;
  result: string | null;
  session_id: string;
  total_cost_usd: number;
  turns: HistoryTurn[];
  messages: { message: { content: unknown } }[];
}

/** A worker at the end of the story, with what it cost the caller and what it wrote. */
export interface Ending extends Player {
  history: History;
  /** The history file, from the project's folder. */
  path: string;
  bytesGiven: number;
  bytesOfConversation: number;
}

/** Reads what the workers left behind. */
export async function readEndings(
  players: readonly Player[],
  caller: Caller,
  project: string,
): Promise<Ending[]> {
  return Promise.all(
    players.map(async (player) => {
      const path = join('logs', `worker-${player.worker_id}.json`);
      const text = await readFile(join(project, path), 'utf8');
      // The server's own format; a wrong one shows as a difference from what was to happen.
      const history = JSON.parse(text) as History;
      const { size } = await stat(join(project, path));
      const bytesGiven = caller.bytesAbout(player.worker_id);
      return { ...player, history, path, bytesGiven, bytesOfConversation: size };
    }),
  );
}

/** The text of a file of the project, or undefined when there is none. */
export function readProjectFile(project: string, name: string): Promise<string | undefined> {
  return unlessMissing(readFile(join(project, name), 'utf8'));
}

/** Whether the API was shown the first prompt again when the last one of a worker was answered. */
export function sawWholeConversation(
  { part, history }: Ending,
  requests: readonly PracticeRequest[],
): boolean {
  const last = part.followUps.at(-1) ?? part.prompt;
  const request = requests.find(
    ({ session, prompt }) => session === history.session_id && prompt === last,
  );
  return JSON.stringify(request?.body ?? '').includes(JSON.stringify(part.prompt).slice(1, -1));
}

/** What tools said that failed or were refused. */
export function toolErrors({ messages }: History): string[] {
  const blocks = messages.flatMap(({ message: { content } }) =>
    Array.isArray(content) ? content : [],
  );
  return blocks
    .filter((block) => block.type === 'tool_result' && block.is_error)
    .map((block) => JSON.stringify(block.content));
}
