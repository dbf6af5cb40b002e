import type { Options } from '../src/config/options.ts';
import type { settings } from '../src/config/settings.ts';

/** What a schema does not tell about a value. */
export interface Meaning {
  meaning: string;
  /** What holds where the value is not given, unless the program tells it. */
  otherwise?: string;
}

/** What each option of a worker does, in the words of the documentation. */
export const optionMeanings: Record<keyof Options, Meaning> = {
  model: {
    meaning:
      'a model name, or an alias such as `opus`; see [the model of a worker](#the-model-of-a-worker)',
    otherwise: 'your own',
  },
  system: { meaning: 'replaces the system prompt' },
  append_system: { meaning: 'is added to the system prompt' },
  temperature: { meaning: 'sampling; 1 is the default of the API and is not sent' },
  top_p: { meaning: 'sampling, sent to the API as given' },
  top_k: { meaning: 'sampling, sent to the API as given' },
  max_tokens: {
    meaning: 'the maximum of tokens in one answer',
    otherwise: 'that of `claude`',
  },
  thinking: {
    meaning:
      '`true`: thinks, with half of `max_tokens` or of 32,000; some models always think, whatever this says',
  },
  effort: { meaning: 'how much effort the model makes', otherwise: 'that of `claude`' },
  cwd: { meaning: 'the folder to work in', otherwise: 'the project' },
  add_dirs: { meaning: 'more folders that the tools of the worker may use' },
  permission_mode: { meaning: 'see [the permission modes](permissions.md#the-permission-modes)' },
  allowed_tools: { meaning: 'tools that run without a question: `Read`, `Bash(git log *)`' },
  disallowed_tools: { meaning: 'tools that never run' },
  mcp_config: {
    meaning:
      'MCP servers for this worker, as `{"name": {"command": …}}`; the servers of the project and your own are not started',
    otherwise: 'no servers',
  },
  max_turns: { meaning: 'round trips to the model in one turn', otherwise: 'no limit' },
  max_budget_usd: { meaning: 'what the worker may spend, in all its turns', otherwise: 'no limit' },
  timeout_seconds: {
    meaning: 'wall clock of one turn; the time that it waits for permissions counts',
    otherwise: 'no limit',
  },
  output_schema: {
    meaning:
      'a JSON Schema of type `object`; the answer is `structured_output` in the history file',
  },
  fallback_model: { meaning: 'the model that `claude` uses when the other model is overloaded' },
  background: {
    meaning:
      'work in the background: `settle` waits for agents and lets commands, such as a server, go on; `wait` waits for both; `off` has none',
    otherwise: '`settle`',
  },
};

/** What each setting of the server does, in the words of the documentation. */
export const settingMeanings: Record<keyof typeof settings, Meaning> = {
  claude: { meaning: 'the `claude` command: a name on PATH, or a path' },
  'logs-dir': {
    meaning: 'the folder of the history files',
    otherwise: '`logs` in the project',
  },
  'state-dir': {
    meaning:
      'the folder of the files that workers live on: journal, output, pipe; see [files](files.md). A second project gets a folder of its own in it',
    otherwise:
      'a folder for each project in `$XDG_STATE_HOME/async-worker-manager`, or `~/.local/state/async-worker-manager`',
  },
  'max-workers': {
    meaning: 'how many workers run at the same time; more workers are queued',
    otherwise: '4 for each core, within half of the free memory',
  },
  'on-exit': {
    meaning:
      'when the server ends: `finish` lets workers end their turn, and the next server collects them; `stop` stops them',
  },
  approvals: {
    meaning:
      '`human`: Claude Code asks you before every `approve_permission`, and options cannot allow tools in advance; see [permissions](permissions.md#only-you-answer)',
  },
  'keep-alive-seconds': {
    meaning:
      'how long the process of a settled worker stays for a follow-up; less when memory is short',
  },
  standby: {
    meaning: 'how many processes are started ahead for the next workers, as slots and memory allow',
  },
  'pass-env': {
    meaning:
      'variables that workers get although they [belong to the session](#the-environment-of-a-worker) that started the server, with commas between them',
    otherwise: 'none',
  },
  view: {
    meaning:
      '`1`, or the flag alone: a [page](watching.md#in-a-browser) in your browser to watch workers and answer them; `readonly`: only to watch',
    otherwise: '`0`: no page',
  },
  depth: { meaning: "internal: a worker's own server is one deeper, and spawns nothing" },
};

/** What each argument of each tool means, in the words of the documentation. */
export const argumentMeanings: Record<string, Record<string, Meaning>> = {
  spawn_worker: {
    description: { meaning: 'the task in 3 to 5 words' },
    prompt: { meaning: 'what the worker has to do, with everything that it needs to know' },
    agent_type: {
      meaning: 'the kind of agent, such as `general-purpose`, `Explore` or `Plan`',
      otherwise: 'no agent',
    },
    options: {
      meaning: 'the [options](options-and-settings.md#options) of the worker',
      otherwise: 'the defaults of the server',
    },
  },
  wait: {
    worker_ids: { meaning: 'the workers to wait for', otherwise: 'all workers' },
    mode: { meaning: 'return when all are settled, or when one is', otherwise: '`all`' },
    timeout_seconds: {
      meaning: 'return after this time in any case',
      otherwise: 'no limit in Claude Code, else 50',
    },
  },
  approve_permission: {
    request_id: { meaning: 'the request, from `pending_permissions` of `wait`' },
    allow: { meaning: 'whether the tool call may run' },
    reason: { meaning: 'for a denial: what to do instead; the worker reads it' },
    remember: {
      meaning: 'allow the same without a question for the rest of the life of this worker',
      otherwise: '`false`',
    },
    updated_input: {
      meaning: 'run the tool with this input instead',
      otherwise: 'the input of the request',
    },
    answers: {
      meaning:
        'for `AskUserQuestion`: the text of each question, with the chosen label or free text',
    },
  },
  resume_worker: {
    worker_id: { meaning: 'a completed or failed worker' },
    prompt: { meaning: 'what the worker has to do next' },
  },
  stop_worker: { worker_ids: { meaning: 'the workers to end' } },
  list_workers: {
    status: { meaning: 'list only the workers in this state', otherwise: 'all workers' },
  },
};
