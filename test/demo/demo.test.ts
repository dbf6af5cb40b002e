import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { processesOf, type Run, startDemo } from './run.ts';

/** The time for five workers on a busy machine. */
const patienceMs = 120_000;

describe('the demo without input', () => {
  let demo: Run;
  beforeAll(async () => {
    demo = await startDemo({ FORCE_COLOR: '1' });
    await demo.exit;
  }, patienceMs);
  afterAll(() => demo.end());

  it('shows every call of its story and reports success', async () => {
    const text = demo.text();
    const calls = (tool: string) =>
      text.split('\n').filter((line) => line.startsWith(`→ ${tool} `));
    expect(calls('spawn_worker')).toHaveLength(5);
    expect(calls('resume_worker')).toHaveLength(2);
    const decisions = calls('approve_permission').map((line) => /"allow":(\w+)/.exec(line)?.[1]);
    expect(decisions.toSorted()).toEqual(['false', 'true']);
    expect(text).toContain('\nEverything is as expected.\n');
    expect(await demo.exit).toBe(0);
  });

  it('reports each state of a worker in a plain line', () => {
    expect(demo.text()).toContain('\n  Write the release notes: awaiting_permission (');
    expect(demo.text()).toContain('\n  Translate the tool texts: failed (');
    expect(demo.text()).toContain('\n  Research the delivery path: completed (');
    expect(demo.text()).not.toContain('\u001b');
  });

  it('ends with a table of its workers and the tokens that the caller saved', () => {
    const lines = demo.text().split('\n');
    const file = 'logs/worker-[-0-9a-f]{36}\\.json$';
    for (const row of [
      '^worker +state +turns +cost +given +conversation +saved +file$',
      `^Research the delivery path +completed +1 .* ${file}`,
      `^Review the supervisor +completed +3 .* ${file}`,
      `^Write the release notes +completed +1 .* ${file}`,
      `^Deploy to production +completed +1 .* ${file}`,
      `^Translate the tool texts +failed \\(api_error\\) +1 .* ${file}`,
      '^together +7 +\\$\\d+\\.\\d\\d +[\\d,]+ +[\\d,]+ +9[89]\\.\\d %$',
    ]) {
      expect(lines).toContainEqual(expect.stringMatching(row));
    }
  });

  it('keeps its folder with the files of the workers, and leaves no process', async () => {
    const [, project = ''] = /^Everything is kept in (.*)$/m.exec(demo.text()) ?? [];
    expect(await readFile(join(project, 'RELEASE-NOTES.md'), 'utf8')).toMatch(/^# 0\.1\.0\n/);
    await expect(access(join(project, 'DEPLOYED'))).rejects.toThrow('ENOENT');
    const logs = await readdir(join(project, 'logs'));
    expect(logs.filter((name) => name.endsWith('.json'))).toHaveLength(5);
    expect(await processesOf(demo.folder)).toEqual([]);
  });
});

it(
  'an interrupt stops the workers of the demo and leaves no process',
  async () => {
    const demo = await startDemo();
    onTestFinished(() => demo.end());
    // A line of progress may arrive with the result of `wait`, and is not printed then.
    await demo.untilPrinted('→ approve_permission');
    expect((await processesOf(demo.folder)).length).toBeGreaterThanOrEqual(5);
    demo.child.kill('SIGINT');
    expect(await demo.exit, demo.text()).toBe(130);
    expect(demo.text()).toContain('\nInterrupted: stopping.\n');
    expect(await processesOf(demo.folder)).toEqual([]);
  },
  patienceMs,
);

it(
  'the demo reports a different story and exits with 1',
  async () => {
    // Node instead of claude refuses the arguments and exits.
    const demo = await startDemo({ AWM_CLAUDE: process.execPath });
    onTestFinished(() => demo.end());
    expect(await demo.exit, demo.text()).toBe(1);
    expect(demo.text()).toContain('\nNot everything is as expected:\n');
    expect(demo.text()).toContain(
      '\n- Review the supervisor: status is "failed", expected "completed".\n',
    );
  },
  patienceMs,
);
