/** Lines longer than this are skipped and counted: 16 MiB. */
export const lineCap = 16 * 1024 ** 2;

/** One line of a byte stream. */
export interface Line {
  /** The line without its newline, valid until the next `push`; null for a line over the cap. */
  bytes: Buffer | null;
  /** The offset of the byte after the newline. */
  end: number;
}

/** Cuts a byte stream into lines, with bounded memory. */
export interface LineSplitter {
  /** Yields the lines that end in this chunk. A line that is whole in the chunk is not copied. */
  push(chunk: Buffer): Iterable<Line>;
}

const newline = 0x0a;
const noBytes = Buffer.alloc(0);

/** Creates a splitter for a stream whose next byte has the given offset. */
export function splitLines(offset: number, cap = lineCap): LineSplitter {
  const stream: Stream = { position: offset, partial: noBytes, spare: noBytes, length: 0, cap };
  return { push: (chunk) => linesIn(stream, chunk) };
}

/** The state of one stream. Each worker has one, so it is small. */
interface Stream {
  position: number;
  /** Memory for the current line when it began in an earlier chunk. */
  partial: Buffer;
  /** Memory of the previous such line. The two alternate, so a flood of output leaves no garbage. */
  spare: Buffer;
  /** The length of the current line so far; beyond the cap, its bytes are dropped. */
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
  appendPart(stream, chunk.subarray(start));
}

/** A buffer larger than this is not kept as `spare`. */
const spareBytes = 2 * 1024 ** 2;

/** Adds a part to the current line. */
function appendPart(stream: Stream, part: Buffer): void {
  const before = stream.length;
  stream.length += part.length;
  const { length, partial, cap } = stream;
  if (length > cap) stream.partial = noBytes;
  else if (length > partial.length) {
    stream.partial = enlarged(partial, before, Math.max(length, 2 * before));
  }
  if (length <= cap) part.copy(stream.partial, before);
}

/** Ends the current line with its last part; returns the line, or null when it is over the cap. */
function endLine(stream: Stream, last: Buffer): Buffer | null {
  if (stream.length > 0) appendPart(stream, last);
  const { length, partial, spare, cap } = stream;
  if (length === 0) return last.length > cap ? null : last;
  stream.partial = spare;
  stream.spare = partial.length > spareBytes ? noBytes : partial;
  stream.length = 0;
  return length > cap ? null : partial.subarray(0, length);
}

/** Copies the first `length` bytes into a buffer of `size` bytes. */
function enlarged(buffer: Buffer, length: number, size: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(size);
  buffer.copy(larger, 0, 0, length);
  return larger;
}
