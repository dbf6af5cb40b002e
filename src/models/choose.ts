import { type EffectiveOptions, hasSampling } from '../config/options.ts';
import { isResolvedByClaude, samplingModel, samplingOf } from './facts.ts';
import type { NamedModel } from './refusal.ts';

/**
 * Asks `claude` which model a name means; without a name, which model is its default.
 * Resolves to undefined when `claude` gives no model.
 */
export type AskModel = (name?: string) => Promise<string | undefined>;

/** The options of a worker, with a model if one must be named. */
export interface Choice {
  options: EffectiveOptions;
  /** The known models of the worker. */
  models: NamedModel[];
  /** The model that was chosen because the sampling options came without one. */
  chosen?: string;
}

/**
 * Chooses a model for sampling options that come without one. Prefers the user's own model if it
 * accepts them. Asks `claude` only when the choice depends on it.
 * @param wantsSampling True if the call names a sampling option, even a temperature of 1.
 */
export async function chooseModel(
  options: EffectiveOptions,
  wantsSampling: boolean,
  ask: AskModel,
): Promise<Choice> {
  const { model, fallback_model } = options;
  const sendsSampling = hasSampling(options);
  const resolve = async (option: NamedModel['option'], name?: string): Promise<NamedModel[]> => {
    if (name === undefined) return [];
    const means = sendsSampling && isResolvedByClaude(name) ? await ask(name) : undefined;
    return [{ name, means: means ?? name, option }];
  };
  const needsModel = model === undefined && (sendsSampling || wantsSampling);
  const [own, named, fallback] = await Promise.all([
    needsModel ? ask() : undefined,
    resolve('model', model),
    resolve('fallback_model', fallback_model),
  ]);
  if (!needsModel) return { options, models: [...named, ...fallback] };
  if (own !== undefined && samplingOf(own) !== 'none') {
    return { options, models: [fullName(own), ...fallback] };
  }
  return {
    options: { ...options, model: samplingModel },
    models: [fullName(samplingModel), ...fallback],
    chosen: samplingModel,
  };
}

const fullName = (name: string): NamedModel => ({ name, means: name, option: 'model' });
