/** A worker as its caller knows it. */
export interface Player {
  number: number;
  id: string | undefined;
  /** Number of the turn that was asked for last; 0 before the first. */
  turn: number;
  /**
   * `asked`: the server may have died before it wrote the request down. `lost`: its process was
   * killed before `claude` had kept anything of its session, so it cannot be resumed. `retired`: it
   * has had its turns, and another has taken its place.
   */
  state: 'idle' | 'asked' | 'working' | 'lost' | 'retired';
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

const newPlayer = (number: number): Player => ({ number, id: undefined, turn: 0, state: 'idle' });

/** Turns of a worker, after which a new one is spawned in its place. */
const mostTurns = 3;

/** What is next for a worker that has come to the end of a turn. */
export function endTurn(player: Player, players: Player[]): void {
  player.state = player.turn < mostTurns ? 'idle' : 'retired';
  if (player.state === 'retired') players.push(newPlayer(players.length));
}

export function newSeen(count: number): Seen {
  return {
    players: Array.from({ length: count }, (_, number) => newPlayer(number)),
    ...{ deliveries: 0, duplicated: [], allowed: new Set<string>(), answers: 0, surprises: [] },
  };
}

/** Names a player's latest turn, as its task does. */
export const tagOf = ({ number, turn }: Player): string => `W${number}.T${turn}`;

/** Whether a worker is at rest: nothing of it is awaited. */
export const isAtRest = ({ state }: Player): boolean => state !== 'asked' && state !== 'working';
