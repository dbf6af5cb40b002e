import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { workerPaths } from '../../../src/files/paths.ts';
import { createOwnLeases } from '../../../src/leases/own-leases.ts';
import { temporaryFolder } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';

it('a lease that cannot be written is refused in a sentence that names the setting', async () => {
  const worker_id = '11111111-1111-4111-8111-111111111111';
  const folders = foldersIn(await temporaryFolder());
  const { folder } = workerPaths(folders, worker_id);
  await mkdir(dirname(folder), { recursive: true });
  await writeFile(folder, 'no folder');
  await expect(createOwnLeases(folders, Date.now).claim(worker_id)).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringMatching(
      /^Worker 1111.* its files in the state folder cannot be written: ENOTDIR.* AWM_STATE_DIR\.$/,
    ),
  });
});
