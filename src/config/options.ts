import * as z from 'zod';
import { givenPath } from './given-path.ts';

const argumentText = 'a text without NUL that does not begin with "-"';

/** A text that becomes an argument of `claude`. It must not look like a flag. */
export const argument = z
  .string()
  .regex(/^[^-]/, argumentText)
  // A check of its own: many programs cannot read a listed pattern that has a NUL.
  .refine((text) => !text.includes('\0'), argumentText);

/** The options of a worker. Each one reaches the API request or the CLI. */
export const optionsSchema = z.strictObject({
  model: argument.optional().describe("Default: the user's own"),
  system: z.string().min(1).optional().describe('Replaces the system prompt'),
  append_system: z.string().min(1).optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(1).optional(),
  max_tokens: z.int().min(1).optional().describe("Of one answer; default: claude's own"),
  thinking: z.boolean().optional().describe('Default false'),
  effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).optional(),
  cwd: givenPath.optional().describe('Default: the project'),
  add_dirs: z.array(givenPath).optional(),
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
  background: z
    .enum(['wait', 'settle', 'off'])
    .optional()
    .describe('wait: for background commands too; off: no background work'),
});

/** The options as a caller gives them. */
export type Options = z.infer<typeof optionsSchema>;

/** The options after the defaults were added. */
export type EffectiveOptions = Options & {
  [Name in keyof typeof builtInDefaults]: NonNullable<Options[Name]>;
};

/** The defaults for options that neither the caller nor the settings of the server name. */
const builtInDefaults = {
  temperature: 1,
  thinking: false,
  permission_mode: 'default',
} satisfies Options;

/** Merges the caller's options with the defaults of the server and the built-in defaults. */
export function withDefaults(given: Options, server: Options): EffectiveOptions {
  // zod leaves out missing options, so a spread never overwrites with undefined.
  return { ...builtInDefaults, ...server, ...given } as EffectiveOptions;
}

/** The options for the sampling of an answer. */
export const samplingOptions = ['temperature', 'top_p', 'top_k'] as const;

/** Returns the sampling options that the API receives. It does not receive its default temperature 1. */
export function samplingNames(options: EffectiveOptions): string[] {
  return samplingOptions.filter(
    (name) => options[name] !== undefined && !(name === 'temperature' && options[name] === 1),
  );
}

export const hasSampling = (options: EffectiveOptions): boolean =>
  samplingNames(options).length > 0;

/** The smallest thinking budget that the Messages API accepts, in tokens. */
export const leastThinking = 1024;
