import type { WorkerOutput } from '../../machines/worker.ts';
import type { Line } from '../files/lines.ts';
import { decode, modelOf, parseLine } from './decode.ts';
import type { Json } from './message.ts';

/** Tells what lines mean, and of several messages in a row as of one. */
export interface MessageFold {
  /** The line's bytes have to stay valid until the next `flush`. */
  tell(line: Line): void;
  /** Tells of the message that is held back, if one is. */
  flush(): void;
}

/**
 * Of messages in a row the last is told of: their texts are in stdout, and the journal stays small
 * however much a worker says. Of the others only the model matters, which tool results do not name:
 * most of what a worker says is not even parsed.
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
    tell(line) {
      if (isUserMessage(line)) {
        last = { line };
        return;
      }
      const message = parseLine(line);
      if (!message) return;
      if (isOfConversation(message)) {
        last = { line, message };
        model = modelOf(message) ?? model;
        return;
      }
      const fact = decode(message, worker_id, line.end);
      if (!fact) return;
      flush();
      onOutput(fact);
    },
  };
}

/** Whether it is one of the conversation, of which there are many. */
const isOfConversation = ({ type, isReplay }: Json): boolean =>
  type === 'assistant' || (type === 'user' && isReplay !== true);

const beginning = Buffer.from('{"type":"user",');
const ending = '}'.charCodeAt(0);
/** The name of what an echo of a prompt has; inside a text its quotes would be escaped. */
const replay = Buffer.from('"isReplay"');

/** Whether a line is of the conversation and names no model, as a tool result: told without parsing. */
function isUserMessage({ bytes }: Line): boolean {
  return (
    bytes !== null &&
    bytes.at(-1) === ending &&
    beginning.equals(bytes.subarray(0, beginning.length)) &&
    !bytes.includes(replay)
  );
}
