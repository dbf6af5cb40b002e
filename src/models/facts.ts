import * as z from 'zod';
import data from './facts.json' with { type: 'json' };

/** The providers, by their names in the CLI. Each retires a model on its own day. */
const providers = z.enum([
  ...(['firstParty', 'bedrock', 'vertex', 'foundry'] as const),
  ...(['anthropicAws', 'anthropicGoogleCloud', 'mantle', 'gateway'] as const),
]);
export type Provider = z.infer<typeof providers>;

const factsSchema = z.strictObject({
  name: z.string(),
  /** Another prefix of the model's names, such as the prefix of its names with a date. */
  also: z.string().optional(),
  /** `one`: temperature or top_p, not both. */
  sampling: z.enum(['none', 'one', 'any']),
  /** `always`: thinking cannot be switched off. */
  thinking: z.enum(['always', 'optional']),
  /** The CLI replaces it with another model in requests to Anthropic's own API. */
  remapped: z.literal(true).optional(),
  /** The first day on which it cannot be used, as `2026-11-30`; absent if unknown. */
  retires: z.partialRecord(providers, z.iso.date()).optional(),
});
export type ModelFacts = z.infer<typeof factsSchema>;

/** All known models. facts.json names the sources. */
export const knownModels: readonly ModelFacts[] = z.array(factsSchema).parse(data.models);

/** The model for sampling options that come without one. */
export const samplingModel = data.sampling_model;

/** Finds a model by any of its names: with a date, with dots, with a provider's prefix, with `[1m]`. */
export function factsOf(model: string): ModelFacts | undefined {
  const text = model.replace(/(\d)\.(?=\d)/g, '$1-');
  return knownModels.find(({ name, also = name }) => isNamed(text, name) || isNamed(text, also));
}

/** True if `model` contains `name` as a whole: `claude-opus-5-5` is no name of `claude-opus-5`. */
function isNamed(model: string, name: string): boolean {
  const [, after] = model.split(name);
  return after !== undefined && !/^(\d|-\d{1,2}(?!\d))/.test(after);
}

/**
 * Returns the sampling options that a model accepts. An unknown Claude counts as one of the newest
 * models, which accept none; any other unknown model accepts any.
 */
export function samplingOf(model: string): ModelFacts['sampling'] {
  const known = factsOf(model)?.sampling;
  if (known !== undefined) return known;
  return isAlias(model) || /claude-/.test(model) ? 'none' : 'any';
}

/** True if a name is an alias; the settings of `claude` can change its model. */
export const isAlias = (model: string): boolean =>
  data.aliases.includes(model.replace(/\[.*\]$/, '').toLowerCase());

/** True if only `claude` knows which model a name means. */
export function isResolvedByClaude(model: string): boolean {
  return isAlias(model) || factsOf(model)?.remapped === true;
}

/** Returns the provider that `claude` chooses by its environment, in the CLI's order of precedence. */
export function providerOf(env: NodeJS.ProcessEnv): Provider {
  const chosen = switches.find(([name]) => isOn(env[name]));
  return chosen?.[1] ?? 'firstParty';
}

const switches: [string, Provider][] = [
  ['CLAUDE_CODE_USE_GATEWAY', 'gateway'],
  ['CLAUDE_CODE_USE_BEDROCK', 'bedrock'],
  ['CLAUDE_CODE_USE_FOUNDRY', 'foundry'],
  ['CLAUDE_CODE_USE_ANTHROPIC_AWS', 'anthropicAws'],
  ['CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD', 'anthropicGoogleCloud'],
  ['CLAUDE_CODE_USE_MANTLE', 'mantle'],
  ['CLAUDE_CODE_USE_VERTEX', 'vertex'],
];

const isOn = (value = ''): boolean =>
  !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase());
