/** Lines longer than this are skipped and counted: 8 MiB. */
export const lineCap = 8 * 1024 ** 2;

/** One line of a byte stream, without its newline. `end` is the offset of the byte after it. */
export interface Line {
  /** The line's bytes, or null when it was longer than the cap. */
  bytes: Buffer | null;
  end: number;
}

/** Cuts a byte stream into lines, with bounded memory. */
export interface LineSplitter {
  push(chunk: Buffer): Line[];
}

const newline = 0x0a;

/** A splitter for a stream whose next byte stands at `offset`. */
export function splitLines(offset: number, cap = lineCap): LineSplitter {
  let position = offset;
  let held: Buffer[] = [];
  let heldBytes = 0;

  const hold = (part: Buffer) => {
    heldBytes += part.length;
    if (heldBytes > cap) held = [];
    else if (part.length > 0) held.push(part);
  };
  const release = (): Buffer | null => {
    const bytes = heldBytes > cap ? null : Buffer.concat(held, heldBytes);
    held = [];
    heldBytes = 0;
    return bytes;
  };

  return {
    push(chunk) {
      const lines: Line[] = [];
      let start = 0;
      for (;;) {
        const stop = chunk.indexOf(newline, start);
        if (stop === -1) break;
        hold(chunk.subarray(start, stop));
        lines.push({ bytes: release(), end: position + stop + 1 });
        start = stop + 1;
      }
      // Copied, so that a few held bytes do not hold the whole chunk.
      hold(Buffer.from(chunk.subarray(start)));
      position += chunk.length;
      return lines;
    },
  };
}
