import type { WorkerContext } from '../../machines/worker.ts';
import { type EffectiveOptions, hasSampling } from '../options.ts';
import type { AskModel } from './choose.ts';
import { samplingModel, samplingOf } from './facts.ts';

/**
 * Finds the model for a follow-up of a worker whose last turn failed because the API does not have
 * its model, where nobody named that. A session keeps its model: without another one, `claude` would
 * ask for the same again, and the conversation could never go on.
 * @returns undefined when the follow-up is to have the model of before.
 */
export async function modelOfFollowUp(
  { failure, model, spec }: Pick<WorkerContext, 'failure' | 'model' | 'spec'>,
  ask: AskModel,
): Promise<string | undefined> {
  // Validated when the worker was spawned; the journal keeps them as they were.
  const options = spec.options as EffectiveOptions;
  if (failure?.reason !== 'model_unavailable' || isNamed(options)) return undefined;
  const own = await ask();
  if (own === undefined) return undefined;
  const next = hasSampling(options) && samplingOf(own) === 'none' ? samplingModel : own;
  return next === model ? undefined : next;
}

/** Whether somebody named the model. Version 0.1.0 wrote defaults of its own among the options. */
function isNamed({ model, max_tokens }: EffectiveOptions): boolean {
  return model !== undefined && !(model === 'claude-sonnet-4-5' && max_tokens === 4096);
}
