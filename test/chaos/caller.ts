import type { Answer, Session } from '../end-to-end/harness.ts';
import { readRecords } from '../end-to-end/worker-files.ts';
import { isAtRest, type Player, type Seen, tagOf } from './player.ts';
import { isExpected, playRound, type Round } from './round.ts';
import type { Stage } from './stage.ts';
import type { Task } from './task.ts';

export interface CallerInput {
  stage: Stage;
  /** The caller updates this record. */
  seen: Seen;
  taskOf(worker: number, turn: number): Task;
  /** True when the caller must start no further turn. */
  isOver(): boolean;
  /** True when the caller must not wait any longer. */
  isTooLate(): boolean;
}

/** Uses its workers as a session of Claude Code does, and starts a new server after each death. */
export async function playCaller(input: CallerInput): Promise<void> {
  const { stage, seen, isOver, isTooLate } = input;
  let round: Round | undefined;
  while (!isTooLate() && (!isOver() || !seen.players.every(isAtRest))) {
    try {
      const server = await stage.server();
      if (server !== round?.server) {
        round = { ...input, server, delivered: new Set() };
        await checkLastRequests(server, stage, seen.players);
      }
      await playRound(round);
    } catch (error) {
      const isConnected = round?.server.client.transport !== undefined;
      if (isConnected && !isExpected(String(error))) seen.surprises.add(String(error));
    }
  }
}

/** Checks after the death of a server whether its last request is in the journal. */
async function checkLastRequests(server: Session, stage: Stage, players: Player[]): Promise<void> {
  const { workers } = await server.call('list_workers');
  for (const player of players.filter(({ state }) => state === 'asked')) {
    const row = workers.find(({ description }: Answer) => description === `W${player.number}`);
    player.id ??= row?.worker_id;
    const records = player.id === undefined ? [] : await readRecords(stage.state, player.id);
    const isKnown = records.some(
      ({ event, dropped }) => !dropped && event.prompt?.text.startsWith(`${tagOf(player)} `),
    );
    player.state = isKnown ? 'working' : 'idle';
    if (!isKnown) player.turn -= 1;
  }
}
