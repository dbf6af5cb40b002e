import type { PermissionRow } from '../src/manager/rows.ts';
import type { WaitResult } from '../src/manager/wait-result.ts';
import type { Caller } from './caller.ts';
import type { Part } from './scenario.ts';

/** A worker of the story: its part, its id, and the session of each turn that completed. */
export interface Player {
  part: Part;
  worker_id: string;
  sessions: string[];
}

/** Answers a request, or waits until a human has answered it. */
export type Answer = (request: PermissionRow, part: Part | undefined) => Promise<void>;

/**
 * Plays the caller of the story: spawns all workers, then waits, answers their requests, resumes the
 * workers with a follow-up, and waits again until no worker runs.
 */
export async function playStory(
  caller: Caller,
  parts: readonly Part[],
  signal: AbortSignal,
  answer: Answer = (request, part) => decide(caller, part, request),
): Promise<Player[]> {
  const players = await Promise.all(parts.map((part) => spawnPlayer(caller, part)));
  const byId = new Map(players.map((player) => [player.worker_id, player]));
  let isOver = false;
  while (!isOver) {
    const found = await caller.wait(signal);
    for (const request of found.pending_permissions) {
      await answer(request, byId.get(request.worker_id)?.part);
    }
    const resumed = await resumeAll(caller, byId, found);
    isOver = found.pending_permissions.length === 0 && resumed === 0;
  }
  return players;
}

async function spawnPlayer(caller: Caller, part: Part): Promise<Player> {
  const { worker_id } = await caller.spawn(part);
  return { part, worker_id, sessions: [] };
}

/** Denies a request that is not part of the story, because nobody has read its command. */
async function decide(
  caller: Caller,
  part: Part | undefined,
  { request_id }: PermissionRow,
): Promise<void> {
  await caller.approve(request_id, part?.decision ?? { allow: false });
}

/** Resumes the completed workers that have a follow-up; returns their number. */
async function resumeAll(
  caller: Caller,
  byId: Map<string, Player>,
  { completed }: WaitResult,
): Promise<number> {
  let resumed = 0;
  for (const { worker_id, claude_session_id } of completed) {
    const player = byId.get(worker_id);
    const prompt = player?.part.followUps[player.sessions.length];
    player?.sessions.push(claude_session_id);
    if (prompt === undefined) continue;
    await caller.resume(worker_id, prompt);
    resumed += 1;
  }
  return resumed;
}
