import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withBytesOf } from '../../../src/files/read-whole.ts';
import { temporaryFolder } from '../fixtures.ts';

async function fileOf(text: string): Promise<string> {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, text);
  return path;
}

const read = (path: string) => withBytesOf(path, (bytes) => bytes.toString());

describe('withBytesOf', () => {
  it.each([
    ['nothing', ''],
    ['a line', 'one line\n'],
    ['more than one buffer', 'x'.repeat(700_000)],
  ])('gives all bytes of a file with %s', async (_, text) => {
    expect(await read(await fileOf(text))).toBe(text);
  });

  it('gives each of many readers its own file, also in a second round', async () => {
    const texts = Array.from({ length: 60 }, (_, index) => `${index} `.repeat(60 - index));
    const paths = await Promise.all(texts.map(fileOf));
    for (let round = 0; round < 2; round += 1) {
      expect(await Promise.all(paths.map(read))).toEqual(texts);
    }
  });

  it('returns undefined for a missing file', async () => {
    expect(await read(join(await temporaryFolder(), 'none'))).toBeUndefined();
  });

  it('does not read through a symbolic link', async () => {
    const link = join(await temporaryFolder(), 'link');
    await symlink(await fileOf('secret'), link);
    await expect(read(link)).rejects.toMatchObject({ code: 'ELOOP' });
  });

  it('rejects with the error of the callback, and reads again after it', async () => {
    const path = await fileOf('text');
    const failing = withBytesOf(path, () => {
      throw new Error('It failed.');
    });
    await expect(failing).rejects.toThrow('It failed.');
    expect(await read(path)).toBe('text');
  });
});
