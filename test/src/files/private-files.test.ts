import { spawnSync } from 'node:child_process';
import {
  chmod,
  chown,
  type FileHandle,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  checkFolder,
  checkOwner,
  endLine,
  makePrivateFolder,
  replaceFile,
  sweepTemporaries,
  temporaryIn,
  unlessMissing,
} from '../../../src/files/private-files.ts';
import { temporaryFolder } from '../fixtures.ts';

// The user of the server may have the most open umask.
beforeEach(() => {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
});

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('a private folder', () => {
  it('and its new parents are open to their owner only', async () => {
    const folder = await temporaryFolder();
    expect(await makePrivateFolder(join(folder, 'a', 'b'))).toBe(true);
    expect(await modeOf(join(folder, 'a'))).toBe(0o700);
    expect(await modeOf(join(folder, 'a', 'b'))).toBe(0o700);
  });

  it('that already exists is reported as not new', async () => {
    const folder = await temporaryFolder();
    expect(await makePrivateFolder(folder)).toBe(false);
  });

  it('is not created in place of a file', async () => {
    const path = join(await temporaryFolder(), 'file');
    await writeFile(path, '');
    await expect(makePrivateFolder(path)).rejects.toMatchObject({ code: 'EEXIST' });
  });
});

describe('a folder', () => {
  it('passes the check of the owner when it is missing or belongs to this user', async () => {
    const folder = await temporaryFolder();
    await checkOwner(folder);
    await checkOwner(join(folder, 'missing'));
  });

  it('is refused when it belongs to another user', async () => {
    const isRoot = process.getuid?.() === 0;
    const folder = isRoot ? await temporaryFolder() : '/';
    if (isRoot) await chown(folder, 12345, 12345);
    const uid = isRoot ? 12345 : 0;
    await expect(checkOwner(folder)).rejects.toThrow(
      `${folder} belongs to another user (uid ${uid})`,
    );
  });
});

describe('replaceFile', () => {
  const write = (text: string) => (file: FileHandle) => file.writeFile(text);

  it('creates or replaces a whole file, for its owner only', async () => {
    const path = join(await temporaryFolder(), 'file');
    await replaceFile(path, write('one'));
    expect(await modeOf(path)).toBe(0o600);
    await chmod(path, 0o666);
    await replaceFile(path, write('two'));
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await modeOf(path)).toBe(0o600);
  });

  it('shows readers the old file until the new file is complete', async () => {
    const path = join(await temporaryFolder(), 'file');
    await writeFile(path, 'before');
    await replaceFile(path, async (file) => {
      await file.write('half');
      expect(await readFile(path, 'utf8')).toBe('before');
      await file.write(' and half');
    });
    expect(await readFile(path, 'utf8')).toBe('half and half');
  });

  it('keeps the old file when the write fails, and removes its temporary file', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'file');
    await writeFile(path, 'before');
    const failing = replaceFile(path, async (file) => {
      await file.write('half');
      throw new Error('the disk is full');
    });
    await expect(failing).rejects.toThrow('the disk is full');
    expect(await readFile(path, 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('replaces a symbolic link and does not change the target', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'precious'), 'mine');
    await symlink('precious', join(folder, 'file'));
    await replaceFile(join(folder, 'file'), write('new'));
    expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('mine');
    await expect(readlink(join(folder, 'file'))).rejects.toMatchObject({ code: 'EINVAL' });
  });

  it('leaves exactly one complete file after many calls at the same time', async () => {
    const folder = await temporaryFolder();
    const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
    await Promise.all(texts.map((text) => replaceFile(join(folder, 'file'), write(text))));
    expect(texts).toContain(await readFile(join(folder, 'file'), 'utf8'));
    expect(await readdir(folder)).toEqual(['file']);
  });
});

describe('unlessMissing', () => {
  it('returns the value for a file that exists, and undefined for a missing file', async () => {
    const folder = await temporaryFolder();
    expect(await unlessMissing(stat(folder))).toBeDefined();
    expect(await unlessMissing(stat(join(folder, 'missing')))).toBeUndefined();
  });

  it('rejects with every other error', async () => {
    await expect(unlessMissing(readFile(await temporaryFolder()))).rejects.toMatchObject({
      code: 'EISDIR',
    });
  });
});

describe('a temporary file', () => {
  it('of a dead process is removed, and no other file is', async () => {
    const folder = await temporaryFolder();
    const { pid = 0 } = spawnSync(process.execPath, ['-e', '']);
    const own = await temporaryIn(folder);
    const dead = own.replace(`.${process.pid}-`, `.${pid}-`);
    const others = ['.1-here.tmp', `${pid}.tmp`, '.x-1.tmp', 'worker.json'];
    for (const path of [dead, own, ...others.map((name) => join(folder, name))]) {
      await writeFile(path, '');
    }
    await sweepTemporaries(folder);
    const kept = [basename(own), ...others].toSorted();
    expect((await readdir(folder)).toSorted()).toEqual(kept);
  });

  it('of another place is removed only when it is old, because its process id means nothing here', async () => {
    const folder = await temporaryFolder();
    const { pid = 0 } = spawnSync(process.execPath, ['-e', '']);
    const [fresh, old] = [`.${pid}-0123456789ab-x.tmp`, `.${pid}-of-an-earlier-version.tmp`];
    for (const name of [fresh, old]) await writeFile(join(folder, name), '');
    const days = Date.now() / 1000 - 2 * 24 * 60 * 60;
    await utimes(join(folder, old), days, days);
    await sweepTemporaries(folder);
    expect(await readdir(folder)).toEqual([fresh]);
  });

  it('in a missing folder is no error', async () => {
    await sweepTemporaries(join(await temporaryFolder(), 'missing'));
  });
});

describe('the last line of a file', () => {
  it.each([
    ['is not changed when it ends with a newline', 'one\ntwo\n', 'one\ntwo\n'],
    ['gets a newline when it has none', 'one\ntw', 'one\ntw\n'],
    ['does not exist in an empty file', '', ''],
  ])('%s', async (_, before, after) => {
    const path = join(await temporaryFolder(), 'stdout');
    await writeFile(path, before);
    expect(await endLine(path)).toBe(after.length);
    expect(await readFile(path, 'utf8')).toBe(after);
  });

  it('does not exist in a missing file, which is not created', async () => {
    const folder = await temporaryFolder();
    expect(await endLine(join(folder, 'stdout'))).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not changed through a symbolic link', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'target'), 'tor');
    await symlink(join(folder, 'target'), join(folder, 'stdout'));
    await expect(endLine(join(folder, 'stdout'))).rejects.toMatchObject({ code: 'ELOOP' });
    expect(await readFile(join(folder, 'target'), 'utf8')).toBe('tor');
  });
});

it('checkFolder refuses a link and a file in place of a folder', async () => {
  const folder = await temporaryFolder();
  await checkFolder(folder);
  await checkFolder(join(folder, 'missing'));
  await symlink(folder, join(folder, 'link'));
  await expect(checkFolder(join(folder, 'link'))).rejects.toThrow('is no folder');
  await writeFile(join(folder, 'file'), '');
  await expect(checkFolder(join(folder, 'file'))).rejects.toThrow('is no folder');
});
