import type { Answer, Session } from '../end-to-end/harness.ts';
import type { CallerInput } from './caller.ts';
import { endTurn, type Player, tagOf } from './player.ts';
import { isAllowed } from './task.ts';

/** The data of a caller during the life of one server. */
export interface Round extends CallerInput {
  server: Session;
  /** The turns that this server has delivered. */
  delivered: Set<string>;
}

/** Refusals that are correct after an accident or another answer. */
const expected =
  /already (allowed|denied)|was withdrawn|can no longer be answered|is no longer there|This server is ending/;

/** The refusal of a call for a worker that the visitor of another namespace has for a moment. */
const isElsewhere = (refusal: string): boolean => refusal.includes('is not at hand here');

export const isExpected = (refusal: string): boolean =>
  expected.test(refusal) || isElsewhere(refusal);

/** Starts the next turn of every idle worker, waits, and handles results and permission requests. */
export async function playRound(round: Round): Promise<void> {
  const { seen, server, isOver } = round;
  for (const player of seen.players) {
    if (player.state === 'idle' && !isOver()) await ask(round, player);
  }
  const answer = await server.call('wait', { mode: 'any', timeout_seconds: 2 });
  // Results first, because they need no server: the server can die before it gets every decision.
  for (const row of [...answer.completed, ...answer.failed]) take(round, row);
  for (const request of answer.pending_permissions) await decide(round, request);
}

async function ask({ server, taskOf }: Round, player: Player): Promise<void> {
  const { prompt } = taskOf(player.number, player.turn + 1);
  player.turn += 1;
  player.state = 'asked';
  if (player.id === undefined) {
    const description = `W${player.number}`;
    player.id = (await server.call('spawn_worker', { description, prompt })).worker_id;
  } else {
    const refusal = await refusalOf(server, 'resume_worker', { worker_id: player.id, prompt });
    if (/The session of worker .* is lost/.test(refusal)) {
      player.turn -= 1;
      player.state = 'lost';
      return;
    }
    if (isElsewhere(refusal)) {
      player.turn -= 1;
      player.state = 'idle';
      return;
    }
    if (refusal !== '') throw new Error(refusal);
  }
  player.state = 'working';
}

async function decide({ server, seen }: Round, request: Answer): Promise<void> {
  const { request_id, input } = request;
  const allow = isAllowed(input.command);
  if (allow) seen.allowed.add(input.command);
  const refusal = await refusalOf(server, 'approve_permission', { request_id, allow });
  if (refusal === '') seen.answers += 1;
  else if (!isExpected(refusal)) seen.surprises.add(refusal);
}

function take({ seen, delivered }: Round, { worker_id }: Answer): void {
  const player = seen.players.find(({ id }) => id === worker_id);
  if (!player) return void seen.surprises.add(`An unknown worker was delivered: ${worker_id}`);
  const turn = tagOf(player);
  if (delivered.has(turn)) seen.duplicated.push(turn);
  delivered.add(turn);
  seen.deliveries += 1;
  endTurn(player, seen.players);
}

/** Returns the sentence of a refusal, or an empty text; throws when the server has died. */
async function refusalOf(server: Session, tool: string, args: object): Promise<string> {
  try {
    await server.call(tool, { ...args });
    return '';
  } catch (error) {
    if (server.client.transport === undefined) throw error;
    return String(error);
  }
}
