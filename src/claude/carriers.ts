import { type EffectiveOptions, leastThinking } from '../config/options.ts';
import { extraBody } from './extra-body.ts';

/** What decides the variables of a worker. */
export interface CarrierInput {
  /** The environment of the server. */
  parent: NodeJS.ProcessEnv;
  worker_id: string;
  options: EffectiveOptions;
  keepAliveSeconds: number;
  depth: number;
  /** Variables that a worker gets although they belong to the session above. */
  passEnv?: string[] | undefined;
}

/** A variable that decides an option of a worker, or whether a promise of this server is kept. */
interface Carrier {
  carries: readonly (keyof EffectiveOptions)[] | 'a promise';
  /** The empty text is what `claude` reads as "not set". */
  value(input: CarrierInput): string | number | undefined;
}

/** Reads a variable of the user. Claude Code also gives its servers the `env` of the user's settings. */
const own =
  (name: string) =>
  ({ parent }: CarrierInput) =>
    parent[name];

/**
 * Every variable with which a settings file could change an option or break a promise. An option that
 * has no default of its own is the user's own where nobody gives it.
 */
export const carriers: Record<string, Carrier> = {
  CLAUDE_CODE_MAX_OUTPUT_TOKENS: {
    carries: ['max_tokens'],
    value: (input) => input.options.max_tokens ?? own('CLAUDE_CODE_MAX_OUTPUT_TOKENS')(input),
  },
  MAX_THINKING_TOKENS: { carries: ['thinking', 'top_p'], value: thinkingTokens },
  CLAUDE_CODE_DISABLE_THINKING: {
    carries: ['thinking', 'top_p'],
    value: (input) => (thinks(input) ? '' : own('CLAUDE_CODE_DISABLE_THINKING')(input)),
  },
  CLAUDE_CODE_EXTRA_BODY: {
    carries: ['temperature', 'top_p', 'top_k', 'thinking', 'model', 'max_tokens', 'effort'],
    value: ({ options, parent }) => extraBody(options, parent).text,
  },
  // It wins over the flag.
  CLAUDE_CODE_EFFORT_LEVEL: {
    carries: ['effort'],
    value: (input) => input.options.effort ?? own('CLAUDE_CODE_EFFORT_LEVEL')(input),
  },
  CLAUDE_CODE_MAX_TURNS: {
    carries: ['max_turns'],
    value: (input) => input.options.max_turns ?? own('CLAUDE_CODE_MAX_TURNS')(input),
  },
  CLAUDE_CODE_NO_MODEL_FALLBACK: {
    carries: ['fallback_model'],
    value: (input) =>
      input.options.fallback_model === undefined ? own('CLAUDE_CODE_NO_MODEL_FALLBACK')(input) : '',
  },
  CLAUDE_CODE_EXIT_AFTER_STOP_DELAY: {
    carries: 'a promise',
    value: ({ keepAliveSeconds }) => Math.max(1, Math.round(keepAliveSeconds * 1000)),
  },
  // Writes the session file at once, so that even a killed worker can be resumed.
  CLAUDE_CODE_EAGER_FLUSH: { carries: 'a promise', value: () => '1' },
  // Without a session file, no new process continues the conversation.
  CLAUDE_CODE_SKIP_PROMPT_HISTORY: { carries: 'a promise', value: () => '' },
  // A prompt that was accepted is never sent again.
  CLAUDE_CODE_RESUME_INTERRUPTED_TURN: { carries: 'a promise', value: () => '' },
  // claude says then when its session is idle: only then a worker has settled.
  CLAUDE_CODE_SDK_READS_SESSION_STATE: { carries: 'a promise', value: () => '1' },
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: {
    carries: ['background'],
    value: (input) =>
      input.options.background === undefined
        ? own('CLAUDE_CODE_DISABLE_BACKGROUND_TASKS')(input)
        : input.options.background === 'off'
          ? '1'
          : '',
  },
  DISABLE_AUTOUPDATER: { carries: 'a promise', value: () => '1' },
  // `stop_worker` finds the processes of a worker by it.
  AWM_WORKER: { carries: 'a promise', value: ({ worker_id }) => worker_id },
  AWM_DEPTH: { carries: 'a promise', value: ({ depth }) => depth + 1 },
};

/** Returns a value for every variable of the table. */
export function carriedValues(input: CarrierInput): Record<string, string> {
  return Object.fromEntries(
    Object.entries(carriers).map(([name, { value }]) => [name, String(value(input) ?? '')]),
  );
}

/** True when `claude` is to think; with top_p, its request then says that the model does not. */
function thinks({ options }: CarrierInput): boolean {
  return options.thinking || options.top_p !== undefined;
}

/** Returns half of the output tokens: the CLI's own default would leave one token for the answer. */
function thinkingTokens(input: CarrierInput): number {
  if (!thinks(input)) return 0;
  const { options, parent } = input;
  const output =
    options.max_tokens ?? (Number(parent.CLAUDE_CODE_MAX_OUTPUT_TOKENS) || defaultMaxTokens);
  return Math.max(leastThinking, Math.floor(output / 2));
}

/** The CLI's own limit for models that take a thinking budget (2.1.332); newer models take none. */
const defaultMaxTokens = 32_000;
