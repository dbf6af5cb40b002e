/** Lines longer than this are skipped and counted: 16 MiB. */
export const lineCap = 16 * 1024 ** 2;

/** One line of a byte stream, without its newline. `end` is the offset of the byte after it. */
export interface Line {
  /** Valid until the next line is asked for; null when the line was longer than the cap. */
  bytes: Buffer | null;
  end: number;
}

/** Cuts a byte stream into lines, with bounded memory. */
export interface LineSplitter {
  /** The lines that end in this chunk, one by one. After the last, the chunk may be used again. */
  push(chunk: Buffer): Iterable<Line>;
}

const newline = 0x0a;

/** A splitter for a stream whose next byte stands at `offset`. */
export function splitLines(offset: number, cap = lineCap): LineSplitter {
  const begun = createStore(cap);
  let position = offset;

  return {
    *push(chunk) {
      const base = position;
      position += chunk.length;
      let start = 0;
      for (;;) {
        const stop = chunk.indexOf(newline, start);
        if (stop === -1) break;
        const bytes = begun.take(chunk.subarray(start, stop));
        start = stop + 1;
        yield { bytes, end: base + start };
      }
      begun.add(chunk.subarray(start));
    },
  };
}

/** A store that grew beyond this is not kept for the next long line. */
const keptBytes = 2 * 1024 ** 2;

/** Keeps the beginning of a line, in memory that is used again for the next: floods are no garbage. */
function createStore(cap: number) {
  let store = Buffer.alloc(0);
  let length = 0;

  const add = (part: Buffer) => {
    const before = length;
    length += part.length;
    if (length > cap) store = Buffer.alloc(0);
    else if (length > store.length) store = grown(store, before, Math.max(length, 2 * before));
    if (length <= cap) part.copy(store, before);
  };
  return {
    add,
    /** The line that ends with this part, or null when it is longer than the cap; then begins anew. */
    take(last: Buffer): Buffer | null {
      if (length > 0) add(last);
      const bytes = length > 0 ? store.subarray(0, length) : last;
      const isTooLong = Math.max(length, last.length) > cap;
      if (store.length > keptBytes) store = Buffer.alloc(0);
      length = 0;
      return isTooLong ? null : bytes;
    },
  };
}

/** A larger store with the same first bytes. */
function grown(store: Buffer, length: number, size: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(size);
  store.copy(larger, 0, 0, length);
  return larger;
}
