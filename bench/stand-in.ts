import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** The input of a stand-in: its ids, and the files instead of its standard streams. */
export interface Birth {
  worker_id: string;
  stdin: string;
  stdout: string;
  session_id: string;
}

/** A stand-in for `claude` without a model, which reads a FIFO and writes a file like the real one. */
export interface StandIn {
  /** Ends the open turn. */
  finish(): void;
  /** Writes so many messages, each in a separate write. */
  chat(count: number): void;
  /** Ends the stand-in. */
  leave(): void;
}

const model = 'stand-in';
const agents = ['claude', 'Explore', 'general-purpose', 'Plan'].map((name) => ({ name }));

/** A text with the length of the same text of the real CLI (2.1.330). */
const filler = (bytes: number): string => 'x'.repeat(bytes);

/**
 * Answers `initialize` and opens a turn after a prompt. The turn stays open until the end of the turn
 * is requested, or until an interrupt, after which the stand-in exits.
 */
export function createStandIn({ stdin, stdout, session_id }: Birth, onLeft: () => void): StandIn {
  // Opened for reading and writing, like the real one: a FIFO with a writer never ends.
  const fifo = openSync(stdin, constants.O_RDWR | constants.O_NONBLOCK);
  const socket = new Socket({ fd: fifo, readable: true, writable: false });
  const file = openSync(stdout, 'a', 0o600);
  let uuid = '';
  const write = (...lines: object[]) => {
    const texts = lines.map((line) => `${JSON.stringify({ ...line, session_id })}\n`);
    writeSync(file, texts.join(''));
  };
  const assistant = (text: string) => ({
    type: 'assistant',
    message: { role: 'assistant', model, content: [{ type: 'text', text }] },
    parent_tool_use_id: null,
    request_id: filler(300),
  });
  const initialize = (request_id: string) => {
    const response = { agents, commands: filler(17_000) };
    write({ type: 'control_response', response: { subtype: 'success', request_id, response } });
  };
  const open = (prompt: { uuid: string; message: object }) => {
    uuid = prompt.uuid;
    write(
      { type: 'command_lifecycle', command_uuid: uuid, state: 'queued' },
      { type: 'command_lifecycle', command_uuid: uuid, state: 'started' },
      { type: 'system', subtype: 'init', model, agents, tools: filler(2_800) },
      { type: 'user', message: prompt.message, uuid, isReplay: true },
      assistant('I look into it.'),
    );
  };
  const finish = () => {
    write(assistant('Here is what I found.'), resultOf(uuid), {
      ...{ type: 'command_lifecycle', command_uuid: uuid, state: 'completed' },
    });
  };
  const leave = () => {
    socket.destroy();
    closeSync(file);
    onLeft();
  };
  onLines(socket, (line) => {
    const message = JSON.parse(line);
    if (message.type === 'user') open(message);
    // The echo that accepts the prompt, like the real one.
    if (message.type === 'control_response') write(message);
    if (message.type !== 'control_request') return;
    if (message.request.subtype === 'initialize') return initialize(message.request_id);
    finish();
    leave();
  });
  return {
    finish,
    leave,
    chat(count) {
      for (const line of chatLines(session_id, count)) writeSync(file, line);
    },
  };
}

/** The messages of a worker that reads files: a tool call, then its result. */
export function chatLines(session_id: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const line = index % 2 === 0 ? toolCall(index) : toolResult(index - 1);
    return `${JSON.stringify({ ...line, parent_tool_use_id: null, session_id })}\n`;
  });
}

function toolCall(index: number): object {
  const input = { file_path: `/project/src/part-${index}.ts` };
  const content = [{ type: 'tool_use', id: `toolu_${index}`, name: 'Read', input }];
  const usage = { input_tokens: 3, output_tokens: 90, cache_read_input_tokens: 24_000 };
  return {
    type: 'assistant',
    message: { id: `msg_${index}`, type: 'message', role: 'assistant', model, content, usage },
    request_id: filler(300),
  };
}

/** The result of a file of two screens, once for the model and once as the result of the tool. */
function toolResult(index: number): object {
  const text = 'export const part = (name: string) => name;\n'.repeat(40);
  const content = [{ type: 'tool_result', tool_use_id: `toolu_${index}`, content: text }];
  const file = { filePath: `/project/src/part-${index}.ts`, content: text, numLines: 40 };
  return {
    type: 'user',
    message: { role: 'user', content },
    tool_use_result: { type: 'text', file },
  };
}

function resultOf(uuid: string): object {
  return {
    ...{ type: 'result', subtype: 'success', is_error: false, result: 'Here is what I found.' },
    ...{ num_turns: 1, duration_ms: 500, total_cost_usd: 0.07, user_message_uuids: [uuid] },
    usage: { input_tokens: 24_000, output_tokens: 14 },
    modelUsage: filler(1_700),
  };
}

function onLines(socket: Socket, take: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}
