import * as z from 'zod';

/** A text that becomes an argument of `claude`, so it must not look like a flag. */
export const argument = z
  .string()
  .regex(/^[^-\0][^\0]*$/, 'a text without NUL that does not begin with "-"');

/** Options that change how a worker's `claude` runs; every one reaches the API request or the CLI. */
export const optionsSchema = z.strictObject({
  model: argument.optional().describe('Default claude-sonnet-4-5'),
  system: z.string().min(1).optional().describe('Replaces the system prompt'),
  append_system: z.string().min(1).optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(1).optional(),
  max_tokens: z.int().min(1).optional().describe('Of one answer; default 4096'),
  thinking: z.boolean().optional().describe('Default false'),
  effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).optional(),
  cwd: z.string().min(1).optional().describe('Default: the project'),
  add_dirs: z.array(z.string().min(1)).optional(),
  permission_mode: z
    .enum(['default', 'acceptEdits', 'plan', 'dontAsk', 'auto', 'bypassPermissions'])
    .optional(),
  allowed_tools: z
    .array(argument)
    .optional()
    .describe('Run without asking: Read, "Bash(git log *)"'),
  disallowed_tools: z.array(argument).optional(),
  max_turns: z.int().min(1).optional(),
  max_budget_usd: z.number().gt(0).optional(),
  timeout_seconds: z.number().gt(0).max(1_000_000).optional().describe('Of one turn'),
  output_schema: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('JSON Schema of the answer, found in structured_output of the file'),
  mcp_config: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('MCP servers of the worker: {name: {command, args}}; default none'),
  fallback_model: argument.optional(),
});

/** The options as a caller gives them. */
export type Options = z.infer<typeof optionsSchema>;

/** The options after the server's defaults were filled in. */
export type EffectiveOptions = Options & {
  [Name in keyof typeof builtInDefaults]: NonNullable<Options[Name]>;
};

/** What a server fills in when neither the caller nor its own settings say otherwise. */
export const builtInDefaults = {
  model: 'claude-sonnet-4-5',
  temperature: 1,
  max_tokens: 4096,
  thinking: false,
  permission_mode: 'default',
} satisfies Options;

/** The caller's options over the server's over the built-in ones. */
export function withDefaults(given: Options, server: Options): EffectiveOptions {
  // zod leaves out what was not given, so a spread never overwrites with undefined.
  return { ...builtInDefaults, ...server, ...given } as EffectiveOptions;
}

/**
 * Says in one sentence why the API would refuse this combination, or undefined when it would not.
 * A temperature of 1 is the API's own default and never sent, so it combines with everything.
 * Source: the Messages API's parameter rules by model generation (2026).
 */
export function refusalOf(options: EffectiveOptions): string | undefined {
  const { model, thinking, top_p, top_k, max_tokens } = options;
  if (thinking && max_tokens < 2 * leastThinking) {
    return `With thinking, max_tokens must be at least ${2 * leastThinking}, found ${max_tokens}: the API takes no fewer than ${leastThinking} tokens for thinking, and the answer needs the rest.`;
  }
  const temperature = options.temperature === 1 ? undefined : options.temperature;
  const sampling = Object.entries({ temperature, top_p, top_k }).filter(
    ([, value]) => value !== undefined,
  );
  if (sampling.length === 0) return undefined;
  const names = sampling.map(([name]) => name).join(' and ');
  const refusing = [model, options.fallback_model ?? model].find(takesNoSampling);
  if (refusing) {
    return `Model ${refusing} takes no sampling options, but ${names} ${sampling.length > 1 ? 'were' : 'was'} given; leave that out or choose a model such as claude-sonnet-4-5.`;
  }
  if (thinking && temperature !== undefined) {
    return `temperature cannot be combined with thinking: found temperature ${temperature} with thinking on; leave one of them out.`;
  }
  if (thinking && top_k !== undefined) {
    return `top_k cannot be combined with thinking: found top_k ${top_k} with thinking on; leave one of them out.`;
  }
  if (thinking && top_p !== undefined && top_p < 0.95) {
    return `With thinking, top_p must be from 0.95 to 1, found ${top_p}; raise it or leave one of them out.`;
  }
  if (temperature !== undefined && top_p !== undefined && isGeneration4(model)) {
    return `Model ${model} takes temperature or top_p, not both: found temperature ${temperature} and top_p ${top_p}; leave one of them out.`;
  }
  return undefined;
}

/** The smallest thinking budget that the Messages API takes, in tokens. */
export const leastThinking = 1024;

/** Models of Opus 4.7 and later, of the fifth generation, and the aliases that mean them. */
function takesNoSampling(model: string): boolean {
  if (/^(opus|sonnet|haiku|fable|mythos|opusplan|best|default)(\[|$)/.test(model)) return true;
  const version = /-(\d+)(?:-(\d{1,2}))?(?!\d)/.exec(model.replace(/-\d{8}.*$/, ''));
  if (!version || !/(opus|sonnet|haiku|fable|mythos)/.test(model)) return false;
  const [major, minor] = [Number(version[1]), Number(version[2] ?? 0)];
  return major >= 5 || (major === 4 && minor >= 7);
}

function isGeneration4(model: string): boolean {
  return /(opus|sonnet|haiku)(-4|$)/.test(model);
}
