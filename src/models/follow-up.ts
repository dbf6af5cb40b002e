import type { WorkerContext } from '../../machines/worker.ts';
import { type EffectiveOptions, hasSampling } from '../config/options.ts';
import type { AskModel } from './choose.ts';
import { samplingModel, samplingOf } from './facts.ts';

/**
 * Finds another model for a follow-up when the API does not have the model of the last turn, and no
 * option named that model. A session keeps its model, so `claude` would request it again, and the
 * conversation could never continue.
 * @returns undefined when the follow-up keeps its model.
 */
export async function modelOfFollowUp(
  { failure, model, spec }: Pick<WorkerContext, 'failure' | 'model' | 'spec'>,
  ask: AskModel,
): Promise<string | undefined> {
  // Validated when the worker was spawned, and unchanged in the journal.
  const options = spec.options as EffectiveOptions;
  if (failure?.reason !== 'model_unavailable' || isNamed(options)) return undefined;
  const own = await ask();
  if (own === undefined) return undefined;
  const next = hasSampling(options) && samplingOf(own) === 'none' ? samplingModel : own;
  return next === model ? undefined : next;
}

/** True if an option names the model. Version 0.1.0 wrote its own defaults into the options. */
function isNamed({ model, max_tokens }: EffectiveOptions): boolean {
  return model !== undefined && !(model === 'claude-sonnet-4-5' && max_tokens === 4096);
}
