/** Lines longer than this are skipped and counted: 16 MiB. */
export const lineCap = 16 * 1024 ** 2;

/** One line of a byte stream, without its newline. `end` is the offset of the byte after it. */
export interface Line {
  /** Valid until the next chunk is cut; null when the line was longer than the cap. */
  bytes: Buffer | null;
  end: number;
}

/** Cuts a byte stream into lines, with bounded memory. */
export interface LineSplitter {
  /** The lines that end in this chunk, one by one; their bytes are its own where they can be. */
  push(chunk: Buffer): Iterable<Line>;
}

const newline = 0x0a;
const nothing = Buffer.alloc(0);

/** A splitter for a stream whose next byte stands at `offset`. */
export function splitLines(offset: number, cap = lineCap): LineSplitter {
  const stream: Stream = { position: offset, store: nothing, spare: nothing, length: 0, cap };
  return { push: (chunk) => linesIn(stream, chunk) };
}

/** Where a stream is, and the beginning of its current line. There is one for each worker: it is small. */
interface Stream {
  position: number;
  /** Memory for lines that begin in one chunk and end in another. */
  store: Buffer;
  /** That of the last such line. Both are used in turn: floods are no garbage. */
  spare: Buffer;
  /** The bytes of the line so far, of which more than the cap are not kept. */
  length: number;
  cap: number;
}

function* linesIn(stream: Stream, chunk: Buffer): Generator<Line> {
  const base = stream.position;
  stream.position += chunk.length;
  let start = 0;
  for (;;) {
    const stop = chunk.indexOf(newline, start);
    if (stop === -1) break;
    const bytes = endLine(stream, chunk.subarray(start, stop));
    start = stop + 1;
    yield { bytes, end: base + start };
  }
  keep(stream, chunk.subarray(start));
}

/** A store that grew beyond this is not kept for the next long line. */
const keptBytes = 2 * 1024 ** 2;

function keep(stream: Stream, part: Buffer): void {
  const before = stream.length;
  stream.length += part.length;
  const { length, store, cap } = stream;
  if (length > cap) stream.store = nothing;
  else if (length > store.length) {
    stream.store = grown(store, before, Math.max(length, 2 * before));
  }
  if (length <= cap) part.copy(stream.store, before);
}

/** The line that ends with this part, or null when it is longer than the cap; then begins anew. */
function endLine(stream: Stream, last: Buffer): Buffer | null {
  if (stream.length > 0) keep(stream, last);
  const { length, store, spare, cap } = stream;
  if (length === 0) return last.length > cap ? null : last;
  stream.store = spare;
  stream.spare = store.length > keptBytes ? nothing : store;
  stream.length = 0;
  return length > cap ? null : store.subarray(0, length);
}

/** A larger store with the same first bytes. */
function grown(store: Buffer, length: number, size: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(size);
  store.copy(larger, 0, 0, length);
  return larger;
}
