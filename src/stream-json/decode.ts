import { createHash } from 'node:crypto';
import type { PermissionRequest, SetUp, WorkerOutput } from '../../machines/worker.ts';
import type { Line } from '../files/lines.ts';
import { textOf } from '../files/text.ts';
import { beginningOf } from '../text/cut.ts';
import { backgroundFact, toldFact } from './background.ts';
import { initializeId, modelId } from './input-line.ts';
import { asList, asNumber, asObject, asText, type Json, parseObject, visible } from './message.ts';
import { turnResult } from './result.ts';

/**
 * Decodes a line of `claude`'s stdout into an event for the worker, or returns undefined.
 * Unknown types are no error: each version of the CLI adds messages.
 */
export function decodeLine(line: Line, worker_id: string): WorkerOutput | undefined {
  const message = parseLine(line);
  return message && decode(message, worker_id, line.end);
}

/** Returns the JSON object in a line; undefined when there is none, or the line was too long. */
export const parseLine = ({ bytes }: Line): Json | undefined =>
  bytes ? parseObject(textOf(bytes)) : undefined;

/** Decodes the JSON object of a line that ends at `offset`. */
export function decode(message: Json, worker_id: string, offset: number): WorkerOutput | undefined {
  const fact = factOf(message, worker_id, offset);
  return fact && { ...fact, offset };
}

function factOf(message: Json, worker_id: string, offset: number): WorkerOutput | undefined {
  switch (message.type) {
    case 'system':
      return systemFact(message);
    case 'command_lifecycle':
      return message.state === 'started' ? accepted(message.command_uuid) : undefined;
    case 'user':
      if (message.isReplay === true) return toldFact(message) ?? accepted(message.uuid);
      return worktreeFact(message) ?? messageFact(message);
    case 'conversation_reset':
      return setUpFact({ session_id: asText(message.new_conversation_id) });
    case 'assistant':
      return messageFact(message);
    case 'control_request':
      return controlFact(message, worker_id, offset);
    case 'control_cancel_request':
      return { type: 'PERMISSION_WITHDRAWN', cli_id: asText(message.request_id) ?? '' };
    case 'control_response':
      return responseFact(asObject(message.response));
    case 'result':
      return { type: 'RESULT_SEEN', result: turnResult(message) };
    default:
      return undefined;
  }
}

/** The longest text in an event that is not part of the conversation, in characters. */
const shortText = 300;

function systemFact(message: Json): WorkerOutput | undefined {
  if (message.subtype === 'init') {
    return {
      type: 'TURN_OPENED',
      model: asText(message.model) ?? null,
      ...(countsByProcess(message) && { counts_by_process: true as const }),
      ...setUpOf({
        session_id: asText(message.session_id),
        permission_mode: asText(message.permissionMode),
        cwd: asText(message.cwd),
      }),
    };
  }
  if (message.subtype === 'status') {
    return setUpFact({ permission_mode: asText(message.permissionMode) });
  }
  if (message.subtype !== 'api_retry') return backgroundFact(message);
  return {
    type: 'API_RETRIED',
    status: asNumber(message.error_status) ?? null,
    attempt: asNumber(message.attempt) ?? 0,
    error: beginningOf(asText(message.error) ?? '', shortText),
  };
}

/** What a line may say about the set-up of its process. */
type Told = { [Key in keyof SetUp]: SetUp[Key] | undefined };

/** Returns what is told. */
const setUpOf = (told: Told): SetUp =>
  Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));

function setUpFact(told: Told): WorkerOutput | undefined {
  const setUp = setUpOf(told);
  return Object.keys(setUp).length === 0 ? undefined : { type: 'SET_UP_CHANGED', ...setUp };
}

/** Decodes the result of EnterWorktree or ExitWorktree, which moves the session. */
function worktreeFact({ tool_use_result, parent_tool_use_id }: Json): WorkerOutput | undefined {
  const result = asObject(tool_use_result);
  const path = asText(result?.worktreePath);
  // A subagent can have a worktree of its own.
  if (path === undefined || parent_tool_use_id) return undefined;
  if (asText(result?.restoredCwd) !== undefined) return setUpFact({ worktree: null });
  return result?.worktreeBranch === undefined ? undefined : setUpFact({ worktree: path });
}

/** True for the versions of the CLI that do not take the sum of costs over when they resume a session. */
function countsByProcess({ claude_code_version }: Json): boolean {
  const [, major, minor, patch] =
    /^(\d+)\.(\d+)\.(\d+)/.exec(asText(claude_code_version) ?? '') ?? [];
  if (patch === undefined) return false;
  const [first, second] = [Number(major) - 2, Number(minor) - 1];
  return (first || second || Number(patch) - firstWithSum) < 0;
}

/** The patch of 2.1 since which a resumed session continues its sum of costs. */
const firstWithSum = 277;

function accepted(uuid: unknown): WorkerOutput | undefined {
  const prompt_id = asText(uuid);
  return prompt_id === undefined ? undefined : { type: 'PROMPT_ACCEPTED', prompt_id };
}

function controlFact(message: Json, worker_id: string, offset: number): WorkerOutput | undefined {
  const cli_id = asText(message.request_id);
  const request = asObject(message.request);
  if (cli_id === undefined) return undefined;
  const tool = asText(request?.tool_name);
  const input = asObject(request?.input) ?? {};
  if (request?.subtype !== 'can_use_tool' || tool === undefined || !isWritable(request)) {
    return {
      type: 'CONTROL_ASKED',
      cli_id,
      subtype: beginningOf(asText(request?.subtype) ?? 'unknown', shortText),
    };
  }
  const asked: PermissionRequest = {
    request_id: requestId(worker_id, cli_id, offset),
    cli_id,
    tool,
    input,
    suggestions: asList(request.permission_suggestions)
      .map(asObject)
      .filter((item) => item !== undefined),
  };
  return { type: 'PERMISSION_ASKED', request: asked };
}

/** True if JSON can be made of the value. `JSON.parse` reads deeper nesting than `stringify` can write. */
function isWritable(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Derives our own id of a request from its line. A second reading gives the same id. Another line
 * gives another id, so a worker cannot use the id of another worker's request.
 */
function requestId(worker_id: string, cli_id: string, offset: number): string {
  const hash = createHash('sha256').update(`${worker_id}\n${offset}\n${cli_id}`).digest('hex');
  return beginningOf(hash, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Decodes a response to our own control request, or the echo of our response to a request of the CLI. */
function responseFact(response: Json | undefined): WorkerOutput | undefined {
  const cli_id = asText(response?.request_id);
  if (cli_id === undefined || response === undefined) return undefined;
  if (cli_id !== initializeId && cli_id !== modelId) return { type: 'ANSWER_ACKNOWLEDGED', cli_id };
  if (isRepeated(response)) return undefined;
  if (response.subtype === 'error') {
    const what = cli_id === modelId ? 'the model' : 'to initialize';
    const hint = `claude refused ${what}: ${asText(response.error) ?? 'no reason given'}`;
    return { type: 'START_FAILED', reason: 'spawn_error', hint, returncode: null };
  }
  if (cli_id === modelId) return undefined;
  const { agents, models } = asObject(response.response) ?? {};
  return {
    type: 'INITIALIZED',
    agents: namesIn(agents, 'name'),
    models: namesIn(models, 'value')
      .slice(0, mostModels)
      .map((name) => beginningOf(name, shortText)),
  };
}

/** True if an older CLI says that it had the first line already, which was sent again. */
const isRepeated = ({ subtype, error }: Json): boolean =>
  subtype === 'error' && /already initialized/i.test(asText(error) ?? '');

/** The most model names in an event: some providers have dozens. */
const mostModels = 32;

/** Returns the names in a list of texts, or of objects with a name under `key`. */
function namesIn(list: unknown, key: string): string[] {
  const names = asList(list).map((item) => asText(asObject(item)?.[key]) ?? asText(item));
  return names.filter((name) => name !== undefined);
}

function messageFact(message: Json): WorkerOutput {
  return {
    type: 'MESSAGE_SEEN',
    role: asText(message.type) ?? '',
    brief: briefOf(asObject(message.message)?.content),
    model: modelOf(message),
  };
}

/** Returns the worker's model, or null for messages of subagents and synthetic messages of the CLI. */
export function modelOf(message: Json): string | null {
  const model = asText(asObject(message.message)?.model);
  const isOwn = !message.parent_tool_use_id && model !== '<synthetic>';
  return isOwn ? (model ?? null) : null;
}

/** The longest brief, in characters. */
const briefLength = 120;

/** Shortens a message to one line: its first text, tool call or tool result. */
function briefOf(content: unknown): string {
  const block = asObject(asList(content)[0]);
  const words = asText(content) ?? asText(block?.text) ?? toolBrief(block);
  // A long text is cut first, so that the pattern below does not scan all of it.
  const first = beginningOf(words.trimStart(), 4 * briefLength);
  return visible(beginningOf(first.replace(/\s+/g, ' ').trim(), briefLength));
}

function toolBrief(block: Json | undefined): string {
  const input = asObject(block?.input) ?? {};
  const detail = Object.values(input).find((value) => typeof value === 'string') ?? '';
  if (block?.type === 'tool_use') return `${asText(block.name)} ${detail}`;
  return asText(block?.content) ?? asText(block?.type) ?? '';
}
