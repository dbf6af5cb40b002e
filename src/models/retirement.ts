import { type EffectiveOptions, hasSampling } from '../options.ts';
import { factsOf, type Provider, samplingModel } from './facts.ts';

/** When and where a retirement is looked at: at a provider, in milliseconds since 1970. */
export interface Moment {
  provider: Provider;
  now: number;
}

/** How many days before it a retirement is told of. */
const noticeDays = 60;

const dayMs = 86_400_000;

/** What to say of a model that is retired, or soon will be; undefined of any other. */
export function retirementNote(model: string, moment: Moment): string | undefined {
  const day = retirementOf(model, moment);
  if (day === undefined || day - moment.now > noticeDays * dayMs) return undefined;
  const verb = day <= moment.now ? 'was retired on' : 'will be retired on';
  return `Model ${model} ${verb} ${dateText(day)}; choose a newer one in options.model.`;
}

/**
 * The options for a follow-up of a worker. With a model that its provider has retired since, a turn
 * can only fail; and without any, `claude` would take that of the session, which is the same one.
 */
export function optionsOfFollowUp(options: EffectiveOptions, moment: Moment): EffectiveOptions {
  const { model } = options;
  if (model === undefined || !isRetired(model, moment)) return options;
  return { ...options, model: hasSampling(options) ? samplingModel : 'default' };
}

/** What to say when a follow-up goes on with another model than its worker's. */
export function followUpNote(options: EffectiveOptions, moment: Moment): string | undefined {
  const { model } = options;
  const next = optionsOfFollowUp(options, moment).model;
  const day = model === undefined ? undefined : retirementOf(model, moment);
  if (next === model || day === undefined) return undefined;
  const successor = next === 'default' ? "claude's default model" : next;
  return `Model ${model} was retired on ${dateText(day)}, so the conversation goes on with ${successor}.`;
}

function isRetired(model: string, moment: Moment): boolean {
  const day = retirementOf(model, moment);
  return day !== undefined && day <= moment.now;
}

/** The beginning of the day on which a provider retires a model; undefined when none is known. */
function retirementOf(model: string, { provider }: Moment): number | undefined {
  const { retires, remapped } = factsOf(model) ?? {};
  if (remapped && provider === 'firstParty') return undefined;
  const day = retires?.[provider];
  return day === undefined ? undefined : Date.parse(day);
}

const dateText = (day: number): string =>
  new Date(day).toLocaleDateString('en-GB', {
    ...({ day: 'numeric', month: 'long', year: 'numeric' } as const),
    timeZone: 'UTC',
  });
