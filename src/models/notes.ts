import type { Options } from '../config/options.ts';
import { factsOf, type Provider } from './facts.ts';
import type { NamedModel } from './refusal.ts';

export interface NotesInput {
  /** The options of the call alone. */
  given: Options;
  /** The models that the worker may use. */
  models: NamedModel[];
  /** The model that was chosen for the sampling options. */
  chosen: string | undefined;
  provider: Provider;
  /** Milliseconds since 1970. */
  now: number;
}

/** Words what the caller of a spawn should know about its models, one sentence per fact. */
export function spawnNotes({ given, models, chosen, provider, now }: NotesInput): string[] {
  return [
    ...(chosen === undefined ? [] : [choiceNote(chosen)]),
    ...models.flatMap((model) => retirementNote(model, provider, now) ?? []),
    ...(given.thinking === false ? models.flatMap(thinkingNotes) : []),
  ];
}

const choiceNote = (chosen: string): string =>
  `Sampling options need a model that takes them, and the call names none, so ${chosen} was chosen. Name another one in options.model.`;

/** Days before a retirement from which on a note announces it. */
const noticeDays = 60;

const dayMs = 86_400_000;

function retirementNote(
  { name, means, option }: NamedModel,
  provider: Provider,
  now: number,
): string | undefined {
  const day = retirementOf(means, provider);
  if (day === undefined || day - now > noticeDays * dayMs) return undefined;
  const verb = day <= now ? 'was retired on' : 'will be retired on';
  return `Model ${name} ${verb} ${dateText(day)}. Choose a newer one in options.${option}.`;
}

/** Returns the beginning of the day on which a provider retires a model; undefined if unknown. */
function retirementOf(model: string, provider: Provider): number | undefined {
  const { retires, remapped } = factsOf(model) ?? {};
  // The CLI sends its requests to a newer model.
  if (remapped && provider === 'firstParty') return undefined;
  const day = retires?.[provider];
  return day === undefined ? undefined : Date.parse(day);
}

const dateText = (day: number): string =>
  new Date(day).toLocaleDateString('en-GB', {
    ...({ day: 'numeric', month: 'long', year: 'numeric' } as const),
    timeZone: 'UTC',
  });

function thinkingNotes({ name, means, option }: NamedModel): string[] {
  if (option !== 'model' || factsOf(means)?.thinking !== 'always') return [];
  return [`Model ${name} always thinks, so thinking: false changes nothing.`];
}
