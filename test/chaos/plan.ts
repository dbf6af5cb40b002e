import { createRandom } from './random.ts';

/** What can happen to each target. */
const kinds = {
  server: ['kill', 'end', 'freeze'],
  worker: ['kill', 'freeze'],
  tool: ['kill', 'freeze'],
  api: ['kill', 'freeze'],
  /** A standby process. */
  standby: ['kill', 'freeze'],
  /** The file with the output of a worker. */
  stdout: ['empty'],
  /** The FIFO of a worker, from which another program reads. */
  fifo: ['steal'],
  /** The client of the server, which has a `wait` open nearly always. */
  client: ['die'],
  /** A server over the same folders, in a pid namespace of its own. */
  elsewhere: ['visit'],
} as const;

export type Target = keyof typeof kinds;

/** `kill` is SIGKILL, `end` is SIGTERM, `freeze` is SIGSTOP until `frozen` milliseconds later. */
export type What = (typeof kinds)[Target][number];

/** An accident at one moment of a run. */
export interface Accident {
  /** Milliseconds since the previous accident. */
  after: number;
  target: Target;
  what: What;
  /** How long the target is frozen, or how long the other program reads. */
  frozen: number;
  /** The number of the target, modulo the number of targets at that moment. */
  index: number;
}

/** Server and worker are in the list twice, because their accidents do the most harm. */
const targets: readonly [Target, ...Target[]] = [
  ...(['server', 'server', 'worker', 'worker', 'tool', 'api', 'standby'] as const),
  ...(['stdout', 'fifo', 'client', 'elsewhere'] as const),
];

/** Every accident that there can be, as "what target". */
export const allKinds: string[] = Object.entries(kinds).flatMap(([target, whats]) =>
  whats.map((what) => `${what} ${target}`),
);

/** Returns the accidents of a run. The same seed gives the same plan. */
export function planOf(seed: number, milliseconds: number): Accident[] {
  const random = createRandom(seed);
  const plan: Accident[] = [];
  for (let at = 0; at < milliseconds; ) {
    const after = 500 + random.below(2_500);
    const target = random.pick(targets);
    const what = random.pick<What>(kinds[target]);
    const frozen = 200 + random.below(1_500);
    plan.push({ after, target, what, frozen, index: random.below(1_000) });
    at += after;
  }
  return plan;
}
