import type { EffectiveOptions, Options } from '../options.ts';
import { factsOf } from './facts.ts';
import { type Moment, retirementNote } from './retirement.ts';

/** What a call to spawn came to. */
export interface SpawnedWith {
  options: EffectiveOptions;
  /** The options of the call alone. */
  given: Options;
  /** The model that was chosen for the sampling options. */
  chosen: string | undefined;
  moment: Moment;
}

/** What whoever spawns a worker should know of its model, a sentence each. */
export function spawnNotes({ options, given, chosen, moment }: SpawnedWith): string[] {
  const { model, fallback_model } = options;
  const named = [model, fallback_model].filter((name) => name !== undefined);
  return [
    ...(chosen === undefined ? [] : [choiceNote(chosen)]),
    ...named.flatMap((name) => retirementNote(name, moment) ?? []),
    ...(given.thinking === false && model !== undefined ? thinkingNotes(model) : []),
  ];
}

const choiceNote = (chosen: string): string =>
  `The sampling options need a model that takes them, so ${chosen} was chosen; name another one in options.model.`;

function thinkingNotes(model: string): string[] {
  if (factsOf(model)?.thinking !== 'always') return [];
  return [`Model ${model} always thinks, so thinking: false changes nothing.`];
}
