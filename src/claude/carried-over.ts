import {
  budgetReached,
  type CarriedOver,
  type WorkerFact,
  type WorkerSpec,
} from '../../machines/worker.ts';
import type { EffectiveOptions } from '../config/options.ts';

/**
 * Returns the worker's own options, changed by what its earlier processes were told and have spent.
 * @returns undefined when nothing is left of its budget.
 */
export function optionsFor(
  spec: Pick<WorkerSpec, 'options'>,
  { model, effort, spent_usd = 0 }: CarriedOver,
): EffectiveOptions | undefined {
  // Validated when the worker was spawned; the journal keeps them as they were.
  const own = spec.options as EffectiveOptions;
  const left =
    own.max_budget_usd === undefined ? undefined : rounded(own.max_budget_usd - spent_usd);
  if (left !== undefined && left <= 0) return undefined;
  return {
    ...own,
    ...(model !== undefined && { model }),
    // `claude` took it from the command /effort, so it takes it as an option too.
    ...(effort !== undefined && { effort: effort as NonNullable<EffectiveOptions['effort']> }),
    ...(left !== undefined && { max_budget_usd: left }),
  };
}

/** Without the noise of sums in binary, in millionths of a dollar. */
const rounded = (usd: number): number => Math.round(usd * 1e6) / 1e6;

/** Returns the fact that a kept process reports too: the budget is spent, so the turn fails at once. */
export const budgetSpent = (spec: WorkerSpec): WorkerFact => ({
  ...{ type: 'START_FAILED', reason: 'budget' },
  ...{ hint: budgetReached(spec), returncode: null },
});
