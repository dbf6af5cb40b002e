import { createHash } from 'node:crypto';
import type { PermissionRequest, WorkerOutput } from '../../machines/worker.ts';
import type { Line } from '../files/lines.ts';
import { textOf } from '../files/text.ts';
import { initializeId, modelId } from './input-line.ts';
import { asList, asNumber, asObject, asText, type Json, parseObject, visible } from './message.ts';
import { turnResult } from './result.ts';

/**
 * What one line of `claude`'s stdout means to a worker, or undefined when it means nothing to it.
 * Unknown types are no error: the CLI's set of messages grows with every version.
 */
export function decodeLine(line: Line, worker_id: string): WorkerOutput | undefined {
  const message = parseLine(line);
  return message && decode(message, worker_id, line.end);
}

/** The object in a line; undefined when there is none, or the line was too long. */
export const parseLine = ({ bytes }: Line): Json | undefined =>
  bytes ? parseObject(textOf(bytes)) : undefined;

/** What the object in a line means that ends at `offset`. */
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
      return message.isReplay === true ? accepted(message.uuid) : messageFact(message);
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

/** The most of a text that a fact keeps of what is no part of the conversation, in characters. */
const shortText = 300;

function systemFact(message: Json): WorkerOutput | undefined {
  if (message.subtype === 'init') {
    return { type: 'TURN_OPENED', model: asText(message.model) ?? null };
  }
  if (message.subtype !== 'api_retry') return undefined;
  return {
    type: 'API_RETRIED',
    status: asNumber(message.error_status) ?? null,
    attempt: asNumber(message.attempt) ?? 0,
    error: (asText(message.error) ?? '').slice(0, shortText),
  };
}

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
      subtype: (asText(request?.subtype) ?? 'unknown').slice(0, shortText),
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

/** Whether a value can be written down again: JSON that is nested too deep can be read, but not that. */
function isWritable(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Our own name for a request: the same on every reading of the same line, and different for every
 * other line, so that no worker can have its request answered under the name of another's.
 */
function requestId(worker_id: string, cli_id: string, offset: number): string {
  const hash = createHash('sha256').update(`${worker_id}\n${offset}\n${cli_id}`).digest('hex');
  return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The CLI answers our requests, and echoes our answers to its own. */
function responseFact(response: Json | undefined): WorkerOutput | undefined {
  const cli_id = asText(response?.request_id);
  if (cli_id === undefined || response === undefined) return undefined;
  if (cli_id !== initializeId && cli_id !== modelId) return { type: 'ANSWER_ACKNOWLEDGED', cli_id };
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
      .map((name) => name.slice(0, shortText)),
  };
}

/** The most models that a fact keeps the names of: some providers have dozens. */
const mostModels = 32;

/** The names in a list of texts, or of objects that have theirs under a key. */
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

/** Messages of subagents and the CLI's own synthetic ones do not tell which model runs. */
export function modelOf(message: Json): string | null {
  const model = asText(asObject(message.message)?.model);
  const isOwn = !message.parent_tool_use_id && model !== '<synthetic>';
  return isOwn ? (model ?? null) : null;
}

/** The most that a brief has, in characters. */
const briefLength = 120;

/** A message in one short line: its first text, tool or tool result. */
function briefOf(content: unknown): string {
  const block = asObject(asList(content)[0]);
  const words = asText(content) ?? asText(block?.text) ?? toolBrief(block);
  // The words of a long text are not all looked at for a line that shows the first of them.
  const first = words.trimStart().slice(0, 4 * briefLength);
  return visible(first.replace(/\s+/g, ' ').trim().slice(0, briefLength));
}

function toolBrief(block: Json | undefined): string {
  const input = asObject(block?.input) ?? {};
  const detail = Object.values(input).find((value) => typeof value === 'string') ?? '';
  if (block?.type === 'tool_use') return `${asText(block.name)} ${detail}`;
  return asText(block?.content) ?? asText(block?.type) ?? '';
}
