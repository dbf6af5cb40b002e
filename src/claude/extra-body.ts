import type { EffectiveOptions } from '../config/options.ts';
import { asObject, parseObject } from '../stream-json/message.ts';

/** The user's own variable, which gateways need: the CLI merges its object into each API request. */
const variable = 'CLAUDE_CODE_EXTRA_BODY';

/**
 * Returns the sampling options, which have no flag, within what the user adds to requests. Where an
 * option decides a field, the user's field is left out.
 * @returns `isPrivate` when the text has a field of the user's, which may be a secret.
 */
export function extraBody(
  options: EffectiveOptions,
  parent: NodeJS.ProcessEnv,
): { text: string; isPrivate: boolean } {
  const { temperature, top_p, top_k, thinking } = options;
  const kept = withoutOptions(parseObject(parent[variable] ?? '') ?? {}, options);
  const body = {
    ...kept,
    ...(temperature === 1 ? {} : { temperature }),
    ...{ top_p, top_k },
    // Without thinking claude sends a temperature, and the API refuses top_p together with one. So
    // thinking is on for claude, and off in the request.
    ...(top_p === undefined || thinking
      ? {}
      : { thinking: { type: 'disabled' }, context_management: { edits: [] } }),
  };
  const text = JSON.stringify(body);
  return { text: text === '{}' ? '' : text, isPrivate: Object.keys(kept).length > 0 };
}

/** Returns the user's fields without the fields that options decide. */
function withoutOptions(
  body: Record<string, unknown>,
  { model, max_tokens, effort }: EffectiveOptions,
): Record<string, unknown> {
  const { temperature, top_p, top_k, thinking, ...rest } = body;
  if (model !== undefined) delete rest.model;
  if (max_tokens !== undefined) delete rest.max_tokens;
  if (effort === undefined) return rest;
  const { effort: _, ...output_config } = asObject(rest.output_config) ?? {};
  return { ...rest, ...('output_config' in rest && { output_config }) };
}
