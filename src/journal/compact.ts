import { textOf } from '../files/text.ts';
import { type JournalRecord, parseRecord } from './journal.ts';

/**
 * Yields the records of a journal that decide the state of its worker, oldest first. Most records
 * are messages: of consecutive messages with one model, only the last is yielded. All records and
 * their numbers are checked. A torn last line is dropped.
 * @throws Error when another line is no record, or has an unknown version or a wrong number.
 */
export function* essentialRecords(bytes: Buffer, path: string): Generator<JournalRecord> {
  let seq = 1;
  for (const { text, from } of chunksOf(bytes)) {
    for (let start = 0; start < text.length; ) {
      const before = start;
      const where = () =>
        `Line ${linesIn(bytes.subarray(0, from)) + linesIn(text.slice(0, before)) + 1} of ${path}`;
      const run = runOfMessages(text, start, seq);
      const end = run ? run.end : text.indexOf('\n', start) + 1;
      const last = run ? text.lastIndexOf('\n', end - 2) + 1 : start;
      const record = parseRecord(text.slice(last, end - 1), run ? run.next - 1 : seq, where);
      seq = record.seq + 1;
      yield run ? withModel(record, run.model) : record;
      start = end;
    }
  }
}

/** A run of consecutive messages with one model. */
interface Run {
  /** The name of the model as JSON; undefined when no message names a model. */
  model: string | undefined;
  end: number;
  /** The number of the record after the run. */
  next: number;
}

/**
 * Finds the run of messages that begins at `start` with the number `seq`. The expression matches
 * valid JSON only, so a broken message is never part of a run.
 */
function runOfMessages(text: string, start: number, seq: number): Run | undefined {
  messages.lastIndex = start;
  const model = messages.exec(text)?.groups?.model;
  let next = seq;
  let end = start;
  while (end < messages.lastIndex && text.startsWith(`${next},`, end + beginning.length)) {
    next += 1;
    end = text.indexOf('\n', end) + 1;
  }
  return end > start ? { model, end, next } : undefined;
}

function withModel(record: JournalRecord, model: string | undefined): JournalRecord {
  if (model === undefined) return record;
  return { ...record, event: { ...record.event, model: JSON.parse(model) } };
}

/** Yields the whole lines in texts so small that V8 collects them soon, each with its offset. */
function* chunksOf(bytes: Buffer): Generator<{ text: string; from: number }> {
  const end = bytes.lastIndexOf(newline) + 1;
  for (let from = 0; from < end; ) {
    const cut = bytes.lastIndexOf(newline, from + chunkBytes) + 1;
    const to = cut > from ? cut : bytes.indexOf(newline, from) + 1;
    yield { text: textOf(bytes.subarray(from, to)), from };
    from = to;
  }
}

const newline = 0x0a;
const chunkBytes = 32 * 1024;

const linesIn = (chunk: string | Buffer): number => chunk.toString().split('\n').length - 1;

const number = '(?:0|[1-9][0-9]*)';
const word = '"[a-z_.-]*"';
const plain = '[^"\\\\\\u0000-\\u001f]*';
const escaped = '\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})';
const anyText = `"${plain}(?:${escaped}${plain})*"`;

/** The beginning of a record, up to its number. */
const beginning = '{"v":1,"seq":';

/** Returns the expression for a message as openJournal writes it. A message does not change the state. */
const line = (model: string, state: string): string =>
  [
    `${beginning}${number},"t":${number},"worker":"[0-9a-f-]{36}","event":{"type":"MESSAGE_SEEN",`,
    `"role":${word},"brief":${anyText},"model":${model}},"offset":${number},`,
    `"from":(?<${state}>${word}),"to":\\k<${state}>(?:,"edges":\\[${word}\\])?(?:,"dropped":true)?}\n`,
  ].join('');

const withoutModel = line('null', 'state1');
const firstWithModel = line(`(?<model>${anyText})`, 'state2');
const withSameModel = line('(?:null|\\k<model>)', 'state3');
const messages = new RegExp(`(?:${withoutModel})*(?:${firstWithModel}(?:${withSameModel})*)?`, 'y');
