import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** So many characters are written at once: few calls for a short history, little memory for a long one. */
const writtenAtOnce = 256 * 1024;

/** A file that is written from its start, and hashed on the way. */
export function createDraft(file: FileHandle) {
  const hash = createHash('sha256');
  let texts = '';
  const flush = async () => {
    const bytes = Buffer.from(texts);
    texts = '';
    hash.update(bytes);
    await file.writeFile(bytes);
  };
  return {
    async write(text: string) {
      texts += text;
      if (texts.length >= writtenAtOnce) await flush();
    },
    async finish(): Promise<string> {
      await flush();
      return hash.digest('hex');
    },
  };
}
