import * as z from 'zod';
import { givenPath } from './given-path.ts';
import { type Options, optionsSchema } from './options.ts';

/** A setting: its flag is `--name`, its environment variable `AWM_NAME`. */
interface Setting {
  schema: z.ZodType;
  description: string;
  /** True when the flag may stand without a value, which then is `1`. */
  needsNoValue?: true;
}

/** Names of variables, with commas or spaces between them. */
const variableNames = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((name) => name !== ''))
  .pipe(
    z
      .array(z.string())
      .refine((names) => names.every((name) => /^[A-Za-z_]\w*$/.test(name)), {
        error: 'names of variables without their values, with commas between them',
      })
      .refine((names) => !names.some((name) => name.startsWith('AWM_')), {
        error: 'names that do not begin with AWM_, because the server decides these variables',
      }),
  );

/** The settings of a server, by the name of the flag. */
export const settings = {
  claude: { schema: givenPath, description: 'the claude command (default: claude)' },
  'logs-dir': {
    schema: givenPath,
    description: 'where the history files go (default: logs in the project)',
  },
  'state-dir': {
    schema: givenPath,
    description:
      'where the files of living workers go (default: a folder of the project in $XDG_STATE_HOME or ~/.local/state)',
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
  'pass-env': {
    schema: variableNames,
    description: 'variables that workers get although they belong to the session, as NAME,NAME',
  },
  view: {
    schema: z.enum(['0', '1', 'readonly']),
    description: 'a page in the browser to watch and answer workers in; readonly: only to watch',
    needsNoValue: true,
  },
  depth: { schema: z.coerce.number().int().min(0), description: 'internal: nesting of servers' },
} satisfies Record<string, Setting>;

/** The worker options whose default a server can change: the options with one plain value. */
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

/** Returns the name of the flag that sets the default of a worker option. */
export const flagOf = (option: string): `default-${string}` =>
  `default-${option.replaceAll('_', '-')}`;

/** Returns the environment variable of a flag. */
export const variableOf = (flag: string) => `AWM_${flag.replaceAll('-', '_').toUpperCase()}`;

/** A setting as people read it. */
interface SettingText {
  flag: string;
  variable: string;
  description: string;
  needsNoValue: boolean;
}

/** Lists every setting, for the parser, its help and the documents. */
export function describeSettings(): SettingText[] {
  const rows: [string, Setting][] = Object.entries(settings);
  const defaults = Object.entries(defaultable).map(([option, schema]): [string, Setting] => {
    const description = `default of the worker option ${option}`;
    return [flagOf(option), { schema, description }];
  });
  return [...rows, ...defaults].map(([flag, { description, needsNoValue = false }]) => ({
    ...{ flag, variable: variableOf(flag), description, needsNoValue },
  }));
}
