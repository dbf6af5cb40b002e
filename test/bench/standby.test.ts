import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isStandbyUp, journalOf, startsOf } from '../../bench/standby.ts';

let state: string;

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'awm-standby-'));
});

afterEach(() => rm(state, { recursive: true }));

async function makeFolder(name: string): Promise<string> {
  const folder = join(state, name);
  await mkdir(folder, { recursive: true });
  return folder;
}

const answer = '{"type":"control_response"}\n';

it('a standby process is ready once its answer is complete, and no other process counts', async () => {
  expect(await isStandbyUp({ state })).toBe(false);
  await writeFile(join(await makeFolder('worker-a'), 'stdout.ndjson'), answer);
  const stdout = join(await makeFolder('.standby-b'), 'stdout.ndjson');
  expect(await isStandbyUp({ state })).toBe(false);
  await writeFile(stdout, '{"type":"system"}\n');
  expect(await isStandbyUp({ state })).toBe(false);
  await appendFile(stdout, answer.slice(0, -1));
  expect(await isStandbyUp({ state })).toBe(false);
  await appendFile(stdout, '\n');
  expect(await isStandbyUp({ state })).toBe(true);
});

it('the journal tells for each process of a worker whether it was a standby process', async () => {
  const events = [
    { type: 'PROCESS_STARTED', standby: true },
    { type: 'EXITED' },
    { type: 'PROCESS_STARTED' },
  ];
  const lines = events.map(
    (event, index) => `${JSON.stringify({ v: 1, seq: index + 1, event })}\n`,
  );
  await writeFile(join(await makeFolder('worker-a'), 'journal.ndjson'), lines.join(''));
  expect(startsOf(await journalOf({ state }, 'a'))).toEqual([true, false]);
});
