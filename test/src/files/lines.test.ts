import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Line, type LineSplitter, splitLines } from '../../../src/files/lines.ts';

/** Bytes with many newlines, so that empty lines and lines at the edge of a chunk are common. */
const someBytes = fc
  .array(fc.oneof(fc.constant(0x0a), fc.nat(255)), { maxLength: 200 })
  .map((bytes) => Buffer.from(bytes));

/** Cuts `bytes` at the given places; some chunks are empty. */
function chunksOf(bytes: Buffer, cuts: number[]): Buffer[] {
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length];
  places.sort((one, other) => one - other);
  return places.map((place, index) => bytes.subarray(places[index - 1] ?? 0, place));
}

/** Returns all lines of a stream that is read through one buffer, as in a tail. */
function linesOf(chunks: Buffer[], offset: number, cap?: number): Line[] {
  const splitter = splitLines(offset, cap);
  const shared = Buffer.alloc(Math.max(1, ...chunks.map(({ length }) => length)));
  const pushed = chunks.map((chunk) => {
    chunk.copy(shared);
    return linesIn(splitter, shared.subarray(0, chunk.length));
  });
  return pushed.flat();
}

/** Returns copies of the lines that end in a chunk. */
const linesIn = (splitter: LineSplitter, chunk: Buffer): Line[] =>
  [...splitter.push(chunk)].map(copyOf);

const copyOf = ({ bytes, end }: Line): Line => ({ bytes: bytes && Buffer.from(bytes), end });

/** Returns the lines by the simplest method. */
function expectedLines(bytes: Buffer, offset: number, cap = Number.POSITIVE_INFINITY): Line[] {
  const lines: Line[] = [];
  let start = 0;
  bytes.forEach((byte, index) => {
    if (byte !== 0x0a) return;
    const content = bytes.subarray(start, index);
    lines.push({ bytes: content.length > cap ? null : content, end: offset + index + 1 });
    start = index + 1;
  });
  return lines;
}

it('a splitter gives the same lines and offsets for every division into chunks', () => {
  fc.assert(
    fc.property(someBytes, fc.array(fc.nat()), fc.nat(1e9), (bytes, cuts, offset) => {
      const lines = linesOf(chunksOf(bytes, cuts), offset);
      expect(lines).toEqual(expectedLines(bytes, offset));
    }),
  );
});

it('a splitter skips lines over the cap and gives the lines after them, for every division into chunks', () => {
  fc.assert(
    fc.property(someBytes, fc.array(fc.nat()), fc.nat(12), (bytes, cuts, cap) => {
      const lines = linesOf(chunksOf(bytes, cuts), 0, cap);
      expect(lines).toEqual(expectedLines(bytes, 0, cap));
    }),
  );
});

it('a splitter gives a line that is exactly as long as the cap', () => {
  const lines = linesOf([Buffer.from('12345\n123456\n1234\n')], 0, 5);
  expect(lines.map(({ bytes }) => bytes?.toString())).toEqual(['12345', undefined, '1234']);
});

it('a splitter joins a character that is divided between chunks', () => {
  const bytes = Buffer.from('{"text":"größer 🦀"}\n');
  const chunks = [...bytes].map((byte) => Buffer.from([byte]));
  expect(linesOf(chunks, 0)[0]?.bytes?.toString()).toBe('{"text":"größer 🦀"}');
});

it('a splitter gives the last line only after its newline', () => {
  const splitter = splitLines(10);
  expect(linesIn(splitter, Buffer.from('half'))).toEqual([]);
  expect(linesIn(splitter, Buffer.from(' and half\n'))).toEqual([
    { bytes: Buffer.from('half and half'), end: 24 },
  ]);
});

it('a splitter uses no more memory than the cap for a line without an end', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const cap = 1024 ** 2;
  const splitter = splitLines(0, cap);
  const chunk = Buffer.alloc(cap, 'x');
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 128; count += 1) linesIn(splitter, chunk);
  collectGarbage();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * cap);
  expect(linesIn(splitter, Buffer.from('\nnext\n'))).toEqual([
    { bytes: null, end: 128 * cap + 1 },
    { bytes: Buffer.from('next'), end: 128 * cap + 6 },
  ]);
});
