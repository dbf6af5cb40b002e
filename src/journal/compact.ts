import { textOf } from '../files/text.ts';
import { type JournalRecord, parseRecord } from './journal.ts';

/**
 * The records of a journal that say where the worker stands, oldest first. Most of a journal is
 * messages with nothing between them, and several that name one model are told as one, the last.
 * All are checked, though, and their numbers too. A torn last line is dropped.
 * @throws Error when a line in the middle is no record, is of an unknown version or has a wrong number.
 */
export function* essentialRecords(bytes: Buffer, path: string): Generator<JournalRecord> {
  let seq = 1;
  for (const { text, from } of piecesOf(bytes)) {
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

interface Run {
  /** JSON of the model that its messages name, if any does. */
  model: string | undefined;
  end: number;
  /** The number of the record after it. */
  next: number;
}

/**
 * The messages that begin at `start`, if there are any, numbered from `seq` on. What matches is JSON:
 * nothing is taken for a message that could not be parsed as one.
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

/** The whole lines, as texts that are small enough to be garbage soon, and where each begins. */
function* piecesOf(bytes: Buffer): Generator<{ text: string; from: number }> {
  const whole = bytes.lastIndexOf(newline) + 1;
  for (let from = 0; from < whole; ) {
    const cut = bytes.lastIndexOf(newline, from + pieceBytes) + 1;
    const to = cut > from ? cut : bytes.indexOf(newline, from) + 1;
    yield { text: textOf(bytes.subarray(from, to)), from };
    from = to;
  }
}

const newline = 0x0a;
const pieceBytes = 32 * 1024;

/** Of a piece of a journal. */
const linesIn = (piece: string | Buffer): number => piece.toString().split('\n').length - 1;

const number = '(?:0|[1-9][0-9]*)';
const word = '"[a-z_.-]*"';
const plain = '[^"\\\\\\u0000-\\u001f]*';
const escaped = '\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})';
const anyText = `"${plain}(?:${escaped}${plain})*"`;

/** Of a record, up to its number. */
const beginning = '{"v":1,"seq":';

/** A message as openJournal writes it; it changes no state. */
const line = (model: string, state: string): string =>
  [
    `${beginning}${number},"t":${number},"worker":"[0-9a-f-]{36}","event":{"type":"MESSAGE_SEEN",`,
    `"role":${word},"brief":${anyText},"model":${model}},"offset":${number},`,
    `"from":(?<${state}>${word}),"to":\\k<${state}>(?:,"edges":\\[${word}\\])?(?:,"dropped":true)?}\n`,
  ].join('');

const unnamed = line('null', 'one');
const naming = line(`(?<model>${anyText})`, 'other');
const same = line('(?:null|\\k<model>)', 'third');
const messages = new RegExp(`(?:${unnamed})*(?:${naming}(?:${same})*)?`, 'y');
