import type { WorkerOutput } from '../../machines/worker.ts';
import type { Line } from '../files/lines.ts';
import { decode, modelOf, parseLine } from './decode.ts';
import type { Json } from './message.ts';

/** Decodes lines, and makes one event of several consecutive messages. */
export interface MessageFold {
  /** Decodes a line, whose bytes must stay valid until the next `flush`. */
  push(line: Line): void;
  /** Emits the event of the message that is held back, if there is one. */
  flush(): void;
}

/**
 * Emits one event for consecutive messages: the last one, with the last model among them. The texts
 * are in stdout, so the journal stays small. Tool results name no model and are not parsed, unless
 * they are the last: most of the output of a worker is not parsed.
 */
export function foldMessages(
  worker_id: string,
  onOutput: (output: WorkerOutput) => void,
): MessageFold {
  let last: { line: Line; message?: Json } | undefined;
  let model: string | null = null;

  const flush = () => {
    const message = last && (last.message ?? parseLine(last.line));
    const fact = last && message && decode(message, worker_id, last.line.end);
    if (fact?.type === 'MESSAGE_SEEN') onOutput({ ...fact, model });
    last = undefined;
    model = null;
  };
  return {
    flush,
    push(line) {
      if (isUserMessage(line)) {
        last = { line };
        return;
      }
      const message = parseLine(line);
      if (!message) return;
      if (message.type === 'assistant') {
        last = { line, message };
        model = modelOf(message) ?? model;
        return;
      }
      const fact = decode(message, worker_id, line.end);
      if (!fact) return;
      if (fact.type === 'MESSAGE_SEEN') {
        last = { line, message };
        return;
      }
      flush();
      onOutput(fact);
    },
  };
}

const beginning = Buffer.from('{"type":"user",');
const ending = '}'.charCodeAt(0);
/**
 * Keys that mark an echo of a prompt, and the result of EnterWorktree or ExitWorktree; in a text their
 * quotes would be escaped.
 */
const marks = [Buffer.from('"isReplay"'), Buffer.from('"worktreePath"')];

/** True if a line is a message without a model, such as a tool result; finds out without parsing. */
function isUserMessage({ bytes }: Line): boolean {
  return (
    bytes !== null &&
    bytes.at(-1) === ending &&
    beginning.equals(bytes.subarray(0, beginning.length)) &&
    !marks.some((mark) => bytes.includes(mark))
  );
}
