import * as z from 'zod';
import { type Options, optionsSchema } from './options.ts';

/** One setting: its flag is `--name`, its environment variable `AWM_NAME`. */
interface Setting {
  schema: z.ZodType;
  description: string;
}

/** All that a server can be told, by flag. */
export const settings = {
  claude: { schema: z.string().min(1), description: 'the claude command (default: claude)' },
  'logs-dir': {
    schema: z.string().min(1),
    description: 'where worker files go (default: logs in the project)',
  },
  'max-workers': {
    schema: z.coerce.number().int().min(1),
    description: 'workers running at once (default: by memory and cores)',
  },
  'on-exit': {
    schema: z.enum(['finish', 'stop']),
    description: 'finish: workers end their turn without the server; stop: they are stopped',
  },
  approvals: {
    schema: z.enum(['caller', 'human']),
    description: 'human: the client asks its user before every approval (default: caller)',
  },
  'keep-alive-seconds': {
    schema: z.coerce.number().min(0).max(86_400),
    description: 'how long a settled process stays for a follow-up (default: 60)',
  },
  standby: {
    schema: z.coerce.number().int().min(0).max(16),
    description: 'processes started ahead for the next workers; 0: none (default: 1)',
  },
  view: {
    schema: z.enum(['0', '1', 'readonly']),
    description: 'a page in the browser to watch and answer workers in; readonly: only to watch',
  },
  depth: { schema: z.coerce.number().int().min(0), description: 'internal: nesting of servers' },
} satisfies Record<string, Setting>;

/** Worker options whose default a server can change: those that are one plain value. */
export const defaultable = {
  model: optionsSchema.shape.model,
  system: optionsSchema.shape.system,
  append_system: optionsSchema.shape.append_system,
  temperature: z.preprocess(Number, optionsSchema.shape.temperature),
  top_p: z.preprocess(Number, optionsSchema.shape.top_p),
  top_k: z.preprocess(Number, optionsSchema.shape.top_k),
  max_tokens: z.preprocess(Number, optionsSchema.shape.max_tokens),
  thinking: z.stringbool(),
  effort: optionsSchema.shape.effort,
  permission_mode: optionsSchema.shape.permission_mode,
  max_turns: z.preprocess(Number, optionsSchema.shape.max_turns),
  max_budget_usd: z.preprocess(Number, optionsSchema.shape.max_budget_usd),
  timeout_seconds: z.preprocess(Number, optionsSchema.shape.timeout_seconds),
  fallback_model: optionsSchema.shape.fallback_model,
} satisfies Partial<Record<keyof Options, z.ZodType>>;

/** The flag of a worker option's default. */
export const flagOf = (option: string) => `default-${option.replaceAll('_', '-')}`;

/** The environment variable of a flag. */
export const variableOf = (flag: string) => `AWM_${flag.replaceAll('-', '_').toUpperCase()}`;

/** Every flag with its environment variable and meaning, for `--help`. */
export function describeSettings(): string[] {
  const rows = Object.entries(settings).map(([name, { description }]) => [name, description]);
  const defaults = Object.keys(defaultable).map((option) => [
    flagOf(option),
    `default of the worker option ${option}`,
  ]);
  return [...rows, ...defaults].map(
    ([name = '', text]) => `  --${name} (${variableOf(name)})  ${text}`,
  );
}
