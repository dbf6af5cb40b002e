import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { unlessMissing } from '../../src/files/private-files.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { startPracticeApi } from '../../src/practice/server.ts';
import { foldAll } from '../../src/projection/fold.ts';
import type { Answer } from '../end-to-end/harness.ts';
import { endLeftovers } from '../end-to-end/worker-files.ts';
import { type Case, cases, type Stage } from './cases.ts';
import { scrub } from './scrub.ts';
import { connect, type Server } from './server.ts';

/**
 * Records workers of a built server as golden files, one folder for each case:
 * `npx tsx test/golden/record.ts <dist/main.mjs> <folder> [case…]`. Recorded files are never changed:
 * they represent the workers that users have from that version.
 */
const [bundle = '', target = '', ...chosen] = process.argv.slice(2);

for (const [name, play] of Object.entries(cases)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  await record(name, play);
  const files = await readdir(join(target, name));
  process.stdout.write(`${name}: ${files.join(' ')}\n`);
}

async function record(name: string, play: Case): Promise<void> {
  const api = await startPracticeApi({});
  const root = await mkdtemp(join(tmpdir(), 'awm-golden-'));
  const { stage, close } = await createStage(root, api.environment());
  const worker_id = await play(stage);
  await close();
  await copyFiles(join(stage.state, `worker-${worker_id}`), join(target, name), {
    [root]: '/project',
    [process.cwd()]: '/opt/awm',
    [api.url]: 'http://127.0.0.1:1',
  });
  await endLeftovers(stage.state);
  await api.close();
  await rm(root, { recursive: true, force: true });
}

/** Creates the folders of a case. The environment of its servers is built from nothing. */
async function createStage(root: string, apiEnv: Record<string, string>) {
  const [project, home] = [join(root, 'project'), join(root, 'home')];
  const logs = join(project, 'logs');
  const state = join(root, 'state');
  await Promise.all([mkdir(project), mkdir(home)]);
  const claude = resolve('node_modules/.bin/claude');
  const base = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    AWM_CLAUDE: claude,
    AWM_STANDBY: '0',
    AWM_STATE_DIR: state,
  };
  const servers: Server[] = [];
  const stage: Stage = {
    ...{ logs, state, home },
    async connect(args = [], env = {}) {
      const server = await connect(bundle, project, args, { ...base, ...apiEnv, ...env });
      servers.push(server);
      return server;
    },
    journaled: (worker_id, event) =>
      findRecord(join(state, `worker-${worker_id}`, 'journal.ndjson'), event),
  };
  const close = async () => {
    for (const server of servers) await server.close().catch(() => {});
  };
  return { stage, close };
}

/** Resolves with the last record of an event, when the journal has one. */
async function findRecord(journal: string, event: string): Promise<Answer> {
  for (;;) {
    const text = (await unlessMissing(readFile(journal, 'utf8'))) ?? '';
    const records: Answer[] = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    const found = records.findLast((record) => record.event.type === event);
    if (found) return found;
    await new Promise((done) => setTimeout(done, 10));
  }
}

/** Copies the files of a worker, scrubbed, with the view that its journal replays to. */
async function copyFiles(folder: string, into: string, paths: Record<string, string>) {
  await mkdir(into, { recursive: true });
  const copy = async (from: string, name: string) => {
    const text = await unlessMissing(readFile(from, 'utf8'));
    if (text !== undefined) await writeFile(join(into, name), scrub(text, paths));
  };
  await copy(join(folder, 'journal.ndjson'), 'journal.ndjson');
  await copy(join(folder, 'stdout.ndjson'), 'stdout.ndjson');
  await copy(`${folder}.json`, 'history.json');
  const { fold } = foldAll(await readJournal(join(into, 'journal.ndjson')), 'none');
  await writeFile(join(into, 'view.json'), `${JSON.stringify(fold?.view, null, 2)}\n`);
}
