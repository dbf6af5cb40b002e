import type { Answer, Session } from '../end-to-end/harness.ts';
import { readRecords } from '../end-to-end/worker-files.ts';
import type { Stage } from './stage.ts';
import { isAllowed, type Task } from './task.ts';

/** A worker as its caller knows it. */
export interface Player {
  number: number;
  id: string | undefined;
  /** Number of the turn that was asked for last; 0 before the first. */
  turn: number;
  /** `asked`: the server may have died before it wrote the request down. */
  state: 'idle' | 'asked' | 'working';
}

/** What a caller saw, to hold against what the files say. */
export interface Seen {
  players: Player[];
  deliveries: number;
  /** Turns that one and the same server delivered twice. */
  duplicated: string[];
  /** Commands that it allowed, or was about to when its server died. */
  allowed: Set<string>;
  answers: number;
  /** What a server said that no server should. */
  surprises: string[];
}

export interface CallerInput {
  stage: Stage;
  count: number;
  /** Filled at once, and kept up to date. */
  players: Player[];
  taskOf(worker: number, turn: number): Task;
  /** Whether no further turn is to be asked for. */
  isOver(): boolean;
}

/** Refusals that are true when something else came first: an accident, or another answer. */
const expected =
  /already (allowed|denied)|was withdrawn|can no longer be answered|is no longer there|session of worker .* is lost|server is ending/;

/** Works with eight workers as a session of Claude Code would, over however many servers it takes. */
export async function playCaller(input: CallerInput): Promise<Seen> {
  const { stage, count, players, taskOf, isOver } = input;
  for (let number = 0; number < count; number += 1) {
    players.push({ number, id: undefined, turn: 0, state: 'idle' });
  }
  const seen: Seen = {
    ...{ players, deliveries: 0, duplicated: [], allowed: new Set<string>() },
    ...{ answers: 0, surprises: [] },
  };
  /** The turns that the present server has delivered. */
  let delivered = new Set<string>();
  let session: Session | undefined;

  const surprise = (text: string) => void (expected.test(text) || seen.surprises.push(text));
  const ask = async (server: Session, player: Player) => {
    const task = taskOf(player.number, player.turn + 1);
    player.turn += 1;
    player.state = 'asked';
    const args = { prompt: task.prompt };
    if (player.id === undefined) {
      const description = `W${player.number}`;
      player.id = (await server.call('spawn_worker', { description, ...args })).worker_id;
    } else {
      await server.call('resume_worker', { worker_id: player.id, ...args });
    }
    player.state = 'working';
  };
  const decide = async (server: Session, { request_id, input: { command } }: Answer) => {
    const allow = isAllowed(command);
    if (allow) seen.allowed.add(command);
    const refusal = await server
      .call('approve_permission', { request_id, allow })
      .then(() => '', refusalOf(server));
    if (refusal === '') seen.answers += 1;
    else surprise(refusal);
  };
  const take = ({ worker_id }: Answer) => {
    const player = players.find(({ id }) => id === worker_id);
    if (!player) return surprise(`An unknown worker was delivered: ${worker_id}`);
    const turn = `W${player.number}.T${player.turn}`;
    if (delivered.has(turn)) seen.duplicated.push(turn);
    delivered.add(turn);
    seen.deliveries += 1;
    player.state = 'idle';
  };
  const round = async (server: Session) => {
    for (const player of players) {
      if (player.state === 'idle' && !isOver()) await ask(server, player);
    }
    const answer = await server.call('wait', { mode: 'any', timeout_seconds: 2 });
    for (const request of answer.pending_permissions) await decide(server, request);
    for (const row of [...answer.completed, ...answer.failed]) take(row);
  };

  while (!isOver() || players.some(({ state }) => state !== 'idle')) {
    try {
      const server = await stage.server();
      if (server !== session) {
        session = server;
        delivered = new Set();
        await clarify(server, stage, players);
      }
      await round(server);
    } catch (error) {
      if (session?.client.transport) surprise(String(error));
    }
  }
  return seen;
}

/** The sentence of a refusal, while the server is there to say one. */
const refusalOf = (server: Session) => (error: unknown) => {
  if (server.client.transport === undefined) throw error;
  return String(error);
};

/** After a server died: whether what was asked of it last was written down. */
async function clarify(server: Session, stage: Stage, players: Player[]): Promise<void> {
  const { workers } = await server.call('list_workers');
  for (const player of players.filter(({ state }) => state === 'asked')) {
    const row = workers.find(({ description }: Answer) => description === `W${player.number}`);
    player.id ??= row?.worker_id;
    const records = player.id === undefined ? [] : await readRecords(stage.logs, player.id);
    const isKnown = records.some(
      ({ event, dropped }) => !dropped && event.prompt?.text.startsWith(`${tagOf(player)} `),
    );
    player.state = isKnown ? 'working' : 'idle';
    if (!isKnown) player.turn -= 1;
  }
}

const tagOf = ({ number, turn }: Player): string => `W${number}.T${turn}`;
