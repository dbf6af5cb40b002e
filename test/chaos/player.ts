/** The caller's knowledge of a worker. */
export interface Player {
  number: number;
  id: string | undefined;
  /** The number of the latest turn; 0 before the first. */
  turn: number;
  /**
   * `asked`: the server can have died before it recorded the request. `lost`: the process was killed
   * before `claude` had stored its session, so the worker cannot be resumed. `retired`: the worker has
   * had all its turns, and another worker replaces it.
   */
  state: 'idle' | 'asked' | 'working' | 'lost' | 'retired';
}

/** The observations of a caller, to compare with the files. */
export interface Seen {
  players: Player[];
  deliveries: number;
  /** Turns that the same server delivered twice. */
  duplicated: string[];
  /** Commands that the caller allowed, or was allowing when its server died. */
  allowed: Set<string>;
  answers: number;
  /** Unexpected answers of a server. */
  surprises: Set<string>;
}

const newPlayer = (number: number): Player => ({ number, id: undefined, turn: 0, state: 'idle' });

/** The turns of a worker before a new worker replaces it. */
const mostTurns = 3;

/** Updates a worker after the end of a turn. */
export function endTurn(player: Player, players: Player[]): void {
  player.state = player.turn < mostTurns ? 'idle' : 'retired';
  if (player.state === 'retired') players.push(newPlayer(players.length));
}

export function newSeen(count: number): Seen {
  return {
    players: Array.from({ length: count }, (_, number) => newPlayer(number)),
    ...{
      deliveries: 0,
      duplicated: [],
      allowed: new Set<string>(),
      answers: 0,
      surprises: new Set(),
    },
  };
}

/** Returns the tag of a worker's latest turn. */
export const tagOf = ({ number, turn }: Player): string => `W${number}.T${turn}`;

/** True when the caller waits for nothing from the worker. */
export const isAtRest = ({ state }: Player): boolean => state !== 'asked' && state !== 'working';
