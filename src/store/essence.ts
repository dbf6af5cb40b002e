import { isAscii } from 'node:buffer';
import { type JournalRecord, parseRecord } from './journal.ts';

/**
 * The records of a journal that say where the worker stands, oldest first. Most of a journal is
 * messages with nothing between them; of those that name the same model only the last is given.
 * All are checked, though. A torn last line is dropped.
 * @throws Error when a line in the middle is no record or is of an unknown version.
 */
export function* essentialRecords(bytes: Buffer, path: string): Generator<JournalRecord> {
  let number = 0;
  let held = '';
  let model: string | undefined;
  for (const { text, start, end } of linesOf(bytes)) {
    const found = modelOfMessage(text, start, end);
    const isSame = found !== undefined && (found === 'null' || found === model);
    // What is held back is a message, and one like it says all that it said.
    if (held !== '' && !isSame) yield parseRecord(held, path, number);
    number += 1;
    held = isSame ? text.slice(start, end) : '';
    if (!isSame) yield parseRecord(text.slice(start, end), path, number);
    model = found === 'null' ? model : found;
  }
  if (held !== '') yield parseRecord(held, path, number);
}

interface Line {
  text: string;
  /** Where in the text the line is, without its end. */
  start: number;
  end: number;
}

/** The whole lines, in pieces of text that are small enough to be garbage soon. */
function* linesOf(bytes: Buffer): Generator<Line> {
  const whole = bytes.lastIndexOf(newline) + 1;
  for (let from = 0; from < whole; ) {
    const cut = bytes.lastIndexOf(newline, from + pieceBytes) + 1;
    const to = cut > from ? cut : bytes.indexOf(newline, from) + 1;
    const text = textOf(bytes.subarray(from, to));
    for (let start = 0; start < text.length; ) {
      const end = text.indexOf('\n', start);
      yield { text, start, end };
      start = end + 1;
    }
    from = to;
  }
}

const newline = 0x0a;
const pieceBytes = 32 * 1024;

/** To look whether there is anything but ASCII and to copy it is much less than to decode it. */
const textOf = (bytes: Buffer): string => bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');

/**
 * The model that a message's line names, as it stands there; undefined for any other line. What
 * matches is JSON: nothing is taken for a message that could not be parsed as one.
 */
function modelOfMessage(text: string, start: number, end: number): string | undefined {
  message.lastIndex = start;
  const found = message.exec(text)?.[1];
  return message.lastIndex === end + 1 ? found : undefined;
}

const number = '(?:0|[1-9][0-9]*)';
const word = '"[a-z_.-]*"';
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has none of those in a string
const anyText = /"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/.source;

/** As openJournal writes it. */
const message = new RegExp(
  [
    `{"v":1,"seq":${number},"t":${number},"worker":"[0-9a-f-]{36}","event":{"type":"MESSAGE_SEEN",`,
    `"role":${word},"brief":${anyText},"model":(null|${anyText})},"offset":${number},`,
    `"from":(?<state>${word}),"to":\\k<state>(?:,"edges":\\[${word}\\])?(?:,"dropped":true)?}\n`,
  ].join(''),
  'y',
);
