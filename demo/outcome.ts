import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessMissing } from '../src/files/private-files.ts';
import type { HistoryTurn } from '../src/history/turns.ts';
import type { PracticeRequest } from '../src/practice/server.ts';
import type { Caller } from './caller.ts';
import type { Player } from './story.ts';

/** The part of a history file that the demo reads. */
export interface History {
  status: string;
  reason?: string;
  result: string | null;
  session_id: string;
  total_cost_usd: number;
  turns: HistoryTurn[];
  messages: { message: { content: unknown } }[];
}

/** A worker at the end of the story, with its bytes for the caller and its conversation. */
export interface Ending extends Player {
  history: History;
  /** The path of the history file in the project. */
  path: string;
  bytesGiven: number;
  bytesOfConversation: number;
}

/** Reads the history files of the workers. */
export async function readEndings(
  players: readonly Player[],
  caller: Caller,
  project: string,
): Promise<Ending[]> {
  return Promise.all(
    players.map(async (player) => {
      const path = join('logs', `worker-${player.worker_id}.json`);
      const text = await readFile(join(project, path), 'utf8');
      // The format of the server. A wrong format becomes a difference from the expected story.
      const history = JSON.parse(text) as History;
      const { size } = await stat(join(project, path));
      const bytesGiven = caller.bytesAbout(player.worker_id);
      return { ...player, history, path, bytesGiven, bytesOfConversation: size };
    }),
  );
}

/** Returns the text of a file of the project, or undefined without the file. */
export function readProjectFile(project: string, name: string): Promise<string | undefined> {
  return unlessMissing(readFile(join(project, name), 'utf8'));
}

/** True when the API request for the last prompt of a worker has its first prompt too. */
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

/** Returns the results of failed and denied tool calls. */
export function toolErrors({ messages }: History): string[] {
  const blocks = messages.flatMap(({ message: { content } }) =>
    Array.isArray(content) ? content : [],
  );
  return blocks
    .filter((block) => block.type === 'tool_result' && block.is_error)
    .map((block) => JSON.stringify(block.content));
}
