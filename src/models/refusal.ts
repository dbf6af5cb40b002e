import { type EffectiveOptions, leastThinking, samplingNames } from '../config/options.ts';
import { samplingModel, samplingOf } from './facts.ts';

/** A model of a worker. */
export interface NamedModel {
  /** Its name in the call, in the server's defaults or in the user's settings. */
  name: string;
  /** The model that `claude` uses for this name. */
  means: string;
  /** The option that can name another model instead. */
  option: 'model' | 'fallback_model';
}

/**
 * Words why the API would refuse this combination of options; undefined if it accepts it.
 * A temperature of 1 is the default of the API and never sent, so it combines with everything.
 * Source: the Messages API's parameter rules by model generation (2026).
 * @param models The known models of the worker.
 */
export function refusalOf(options: EffectiveOptions, models: NamedModel[]): string | undefined {
  const { thinking, top_p, top_k, max_tokens, temperature } = options;
  if (thinking && max_tokens !== undefined && max_tokens < 2 * leastThinking) {
    return `With thinking, max_tokens must be at least ${2 * leastThinking}, found ${max_tokens}: the API takes no fewer than ${leastThinking} tokens for thinking, and the answer needs the rest.`;
  }
  const given = samplingNames(options);
  if (given.length === 0) return undefined;
  const refusing = models.find(({ means }) => samplingOf(means) === 'none');
  if (refusing) {
    const are = given.length > 1 ? 'were' : 'was';
    return `Model ${textOf(refusing)} takes no sampling options, but ${given.join(' and ')} ${are} given; leave that out or choose a model such as ${samplingModel}.`;
  }
  if (thinking && given.includes('temperature')) {
    return `temperature cannot be combined with thinking: found temperature ${temperature} with thinking on; leave one of them out.`;
  }
  if (thinking && top_k !== undefined) {
    return `top_k cannot be combined with thinking: found top_k ${top_k} with thinking on; leave one of them out.`;
  }
  if (thinking && top_p !== undefined && top_p < 0.95) {
    return `With thinking, top_p must be from 0.95 to 1, found ${top_p}; raise it or leave one of them out.`;
  }
  const model = models.find(({ option }) => option === 'model');
  const takesOne = model !== undefined && samplingOf(model.means) === 'one';
  if (takesOne && given.includes('temperature') && top_p !== undefined) {
    return `Model ${textOf(model)} takes temperature or top_p, not both: found temperature ${temperature} and top_p ${top_p}; leave one of them out.`;
  }
  return undefined;
}

const textOf = ({ name, means }: NamedModel): string =>
  name === means ? name : `${name} (here ${means})`;
