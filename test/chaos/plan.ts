import { createRandom } from './random.ts';

/** `standby`: a process that was started ahead and waits. */
export type Target = 'server' | 'worker' | 'tool' | 'api' | 'standby';

/** Something bad that happens at a moment of a run. */
export interface Accident {
  /** Milliseconds since the accident before. */
  after: number;
  target: Target;
  /** `kill` is SIGKILL, `end` is SIGTERM, `freeze` is SIGSTOP until `frozen` milliseconds later. */
  what: 'kill' | 'end' | 'freeze';
  frozen: number;
  /** Which of the targets there are by then, counted around. */
  index: number;
}

/** Twice as many of the two whose accidents hurt most. */
const targets = ['server', 'server', 'worker', 'worker', 'tool', 'api', 'standby'] as const;

/** The accidents of a run: the same for the same seed, whatever the machine does meanwhile. */
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
