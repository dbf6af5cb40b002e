import { type EffectiveOptions, hasSampling } from '../options.ts';
import { isForClaudeToSay, samplingModel, samplingOf } from './facts.ts';
import type { NamedModel } from './refusal.ts';

/**
 * Asks `claude` which model a name means to it; without a name, which model it takes by itself.
 * Resolves to undefined when it does not say.
 */
export type AskModel = (name?: string) => Promise<string | undefined>;

/** The options of a worker with its model, as far as one has to be named. */
export interface Choice {
  options: EffectiveOptions;
  /** The model that the worker will use, if it is known, then its fallback model. */
  models: NamedModel[];
  /** The model that was chosen because the sampling options need one that takes them. */
  chosen?: string;
}

/**
 * Chooses a model for sampling options that come without one: the user's own if it takes them.
 * `claude` is asked only where an answer depends on what it says.
 * @param wantsSampling Also true for a temperature of 1 that the call names, as one of a sweep.
 */
export async function chooseModel(
  options: EffectiveOptions,
  wantsSampling: boolean,
  ask: AskModel,
): Promise<Choice> {
  const { model, fallback_model } = options;
  const isJudged = hasSampling(options);
  const named = async (name: string | undefined): Promise<NamedModel[]> => {
    if (name === undefined) return [];
    const means = isJudged && isForClaudeToSay(name) ? await ask(name) : undefined;
    return [{ name, means: means ?? name }];
  };
  const fallback = await named(fallback_model);
  if (model !== undefined || !(isJudged || wantsSampling)) {
    return { options, models: [...(await named(model)), ...fallback] };
  }
  const own = await ask();
  if (own !== undefined && samplingOf(own) !== 'none') {
    return { options, models: [{ name: own, means: own }, ...fallback] };
  }
  return {
    options: { ...options, model: samplingModel },
    models: [...(await named(samplingModel)), ...fallback],
    chosen: samplingModel,
  };
}
