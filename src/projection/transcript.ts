import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { splitLines } from '../files/lines.ts';
import { unlessMissing } from '../files/private-files.ts';
import { conversationPart } from '../stream-json/conversation.ts';
import type { TranscriptMessage, TranscriptResponse } from './contract.ts';
import { hideKeys } from './redact.ts';

/** The part of a worker's stdout that one call reads, about; a longer line is read whole. */
const partBytes = 1024 ** 2;
const chunkBytes = 256 * 1024;

/**
 * Reads the messages in a worker's stdout from offset `from`, the beginning of a line; hides known keys.
 * A file that another program has emptied or replaced since then is read from its beginning.
 */
export async function readTranscript(path: string, given: number): Promise<TranscriptResponse> {
  const messages: TranscriptMessage[] = [];
  // A worker that never started has no stdout.
  const file = await unlessMissing(open(path, constants.O_RDONLY | constants.O_NOFOLLOW));
  if (!file) return { messages, next: given, is_end: true };
  const buffer = Buffer.allocUnsafe(chunkBytes);
  try {
    const from = (await beginsLine(file, given)) ? given : 0;
    const splitter = splitLines(from);
    let next = from;
    for (let position = from; ; ) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return { messages, next, is_end: true };
      position += bytesRead;
      for (const { bytes, end } of splitter.push(buffer.subarray(0, bytesRead))) {
        const part = bytes && conversationPart(bytes);
        if (part?.kind === 'message') {
          messages.push({ offset: end, message: hideKeys(part.message) });
        }
        next = end;
      }
      if (next - from >= partBytes) return { messages, next, is_end: false };
    }
  } finally {
    await file.close();
  }
}

/** True if a line begins at `offset`. It does not in a file that was emptied or replaced meanwhile. */
async function beginsLine(file: FileHandle, offset: number): Promise<boolean> {
  if (offset === 0) return true;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, offset - 1);
  return bytesRead === 1 && buffer.toString() === '\n';
}
