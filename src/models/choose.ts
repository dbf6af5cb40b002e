import { type EffectiveOptions, hasSampling } from '../config/options.ts';
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
  /** The models that the worker may use, as far as they are known. */
  models: NamedModel[];
  /** The model that was chosen because the sampling options came without one. */
  chosen?: string;
}

/**
 * Chooses a model for sampling options that come without one: the user's own if it takes them.
 * Asks `claude` only where the answer decides something.
 * @param wantsSampling Also true for a temperature of 1 that the call names, as one of a sweep.
 */
export async function chooseModel(
  options: EffectiveOptions,
  wantsSampling: boolean,
  ask: AskModel,
): Promise<Choice> {
  const { model, fallback_model } = options;
  const isJudged = hasSampling(options);
  const known = async (option: NamedModel['option'], name?: string): Promise<NamedModel[]> => {
    if (name === undefined) return [];
    const means = isJudged && isForClaudeToSay(name) ? await ask(name) : undefined;
    return [{ name, means: means ?? name, option }];
  };
  const isUnnamed = model === undefined && (isJudged || wantsSampling);
  const [own, named, fallback] = await Promise.all([
    isUnnamed ? ask() : undefined,
    known('model', model),
    known('fallback_model', fallback_model),
  ]);
  if (!isUnnamed) return { options, models: [...named, ...fallback] };
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
