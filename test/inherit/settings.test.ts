import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bash, type Stage, scripted, setStage } from '../end-to-end/harness.ts';
import { treeOf } from '../protocol/tree.ts';

/** Writes the user's, the project's and the local settings; a rule in them would outlive the worker. */
async function writeSettings({ project, home }: Stage): Promise<void> {
  const [ofUser, ofProject] = [join(home, '.claude'), join(project, '.claude')];
  await mkdir(ofUser);
  await mkdir(ofProject);
  const rules = JSON.stringify({ permissions: { allow: ['Bash(true)'] } });
  const paths = [
    join(ofUser, 'settings.json'),
    join(ofProject, 'settings.json'),
    join(ofProject, 'settings.local.json'),
  ];
  for (const path of paths) await writeFile(path, rules);
}

it('remember changes no settings file of the user or the project', async () => {
  const stage = await setStage();
  await writeSettings(stage);
  const settingsOf = async () => {
    const ofHome = Object.entries(await treeOf(stage.home)).filter(([path]) =>
      /settings/.test(path),
    );
    return [ofHome, await treeOf(join(stage.project, '.claude'))];
  };
  const before = await settingsOf();
  const session = await stage.connect();
  const again = bash('touch remembered');
  await session.spawn(scripted(again, again, { text: 'Done.' }));
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  await session.call('approve_permission', { request_id, allow: true, remember: true });
  expect(await session.call('wait')).toMatchObject({ pending_permissions: [], failed: [] });
  await access(join(stage.project, 'remembered'));
  expect(await settingsOf()).toEqual(before);
});
