import { createRandom } from './random.ts';

/** `standby` is a standby process. */
export type Target = 'server' | 'worker' | 'tool' | 'api' | 'standby';

/** An accident at one moment of a run. */
export interface Accident {
  /** Milliseconds since the previous accident. */
  after: number;
  target: Target;
  /** `kill` is SIGKILL, `end` is SIGTERM, `freeze` is SIGSTOP until `frozen` milliseconds later. */
  what: 'kill' | 'end' | 'freeze';
  frozen: number;
  /** The number of the target, modulo the number of targets at that moment. */
  index: number;
}

/** Server and worker are in the list twice, because their accidents do the most harm. */
const targets = ['server', 'server', 'worker', 'worker', 'tool', 'api', 'standby'] as const;

/** Returns the accidents of a run. The same seed gives the same plan. */
export function planOf(seed: number, milliseconds: number): Accident[] {
  const random = createRandom(seed);
  const plan: Accident[] = [];
  for (let at = 0; at < milliseconds; ) {
    const after = 500 + random.below(2_500);
    const target = random.pick(targets);
    const what = random.pick(
      target === 'server' ? (['kill', 'end', 'freeze'] as const) : (['kill', 'freeze'] as const),
    );
    plan.push({
      after,
      target,
      what,
      frozen: 200 + random.below(1_500),
      index: random.below(1_000),
    });
    at += after;
  }
  return plan;
}
