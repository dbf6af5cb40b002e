import { describe, expect, it } from 'vitest';
import { bash, scripted, setStage } from './harness.ts';
import { besideAWorker, expectRefusals, type Refusal, sentenceOf } from './support-refusals.ts';
import { run, settle } from './support-worker.ts';

const done = scripted({ text: 'Done.' });
const nobody = '00000000-0000-4000-8000-000000000000';

/** Ids that must never become a path. */
const tricks = [
  '../../etc',
  '/etc/passwd',
  '..',
  '.',
  '',
  'a\0b',
  `${nobody}/../..`,
  `${nobody}\n`,
  '%2e%2e%2f',
  'x'.repeat(5_000),
];

describe('a wrong call is refused in one sentence and loses nothing', () => {
  it('spawn_worker without a description or a prompt', async () => {
    const stage = await setStage();
    await expectRefusals(stage, await stage.connect(), 'spawn_worker', [
      [{}, 'spawn_worker: expected description to be a text, found nothing; add it.'],
      [
        { prompt: 'Do it.' },
        'spawn_worker: expected description to be a text, found nothing; add it.',
      ],
      [
        { description: 'A', prompt: 5 },
        'spawn_worker: expected prompt to be a text, found 5; correct it.',
      ],
      [{ description: 'A' }, 'spawn_worker: expected prompt to be a text, found nothing; add it.'],
      [
        { description: ' ', prompt: 'B' },
        'spawn_worker: expected description to be not empty, found " "; correct it.',
      ],
      [
        { description: 'A', prompt: '\n' },
        'spawn_worker: expected prompt to be not empty, found "\\n"; correct it.',
      ],
      [
        { description: 'A', prompt: 'B', agent: 'Plan' },
        'spawn_worker: unknown argument "agent"; known are description, prompt, agent_type, options.',
      ],
      [
        { description: 'A', prompt: 'B', option: {} },
        'spawn_worker: unknown argument "option"; did you mean options?',
      ],
    ]);
  });

  it.each([
    ['resume_worker', (id: string) => ({ worker_id: id, prompt: 'Go on.' })],
    ['stop_worker', (id: string) => ({ worker_ids: [id] })],
    ['wait', (id: string) => ({ worker_ids: [id] })],
  ])('%s of an unknown worker or an invalid id', async (tool, argsOf) => {
    const stage = await setStage();
    const noId = (id: string): Refusal => [
      argsOf(id),
      `Expected a worker id (a UUID from spawn_worker), found ${JSON.stringify(id.slice(0, 80))}; list_workers shows the ids.`,
    ];
    await expectRefusals(stage, await stage.connect(), tool, [
      [argsOf(nobody), `No worker ${nobody} is known here; list_workers shows the ids there are.`],
      ...tricks.map(noId),
    ]);
  });

  it('approve_permission of an unknown request or an invalid id', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    await besideAWorker(stage, session, async () => {
      for (const request_id of [nobody, ...tricks]) {
        const sentence = await sentenceOf(session, 'approve_permission', {
          request_id,
          allow: true,
        });
        expect(sentence).toMatch(/^No permission request .* is known here; wait shows the open/);
        expect(/\p{Cc}/u.test(sentence), JSON.stringify(sentence)).toBe(false);
        expect(sentence.length).toBeLessThan(300);
      }
    });
  });

  it('resume_worker of a running worker', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    await besideAWorker(stage, session, async ({ worker_id }) => {
      const args = { worker_id, prompt: 'Go on.' };
      expect(await sentenceOf(session, 'resume_worker', args)).toBe(
        `Worker ${worker_id} is awaiting_permission; resume_worker needs a completed or failed worker. Use wait or stop_worker first.`,
      );
    });
  });

  it('approve_permission with arguments that do not fit the request, or a second answer', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    await besideAWorker(stage, session, async ({ request_id }) => {
      const said = (args: Record<string, unknown>) =>
        sentenceOf(session, 'approve_permission', { request_id, ...args });
      expect(await said({})).toBe(
        'approve_permission: expected allow to be true or false, found nothing; add it.',
      );
      expect(await said({ allow: true, reson: 'x' })).toBe(
        'approve_permission: unknown argument "reson"; did you mean reason?',
      );
      expect(await said({ allow: false, remember: true })).toBe(
        'remember, updated_input and answers go with allow: true, found allow: false; leave them out to deny.',
      );
      expect(await said({ allow: true, answers: { Which: 'one' } })).toBe(
        `answers is for AskUserQuestion, but request ${request_id} is for Bash; use updated_input to change its input.`,
      );
    });
    const id = await session.spawn(scripted(bash('touch made.txt'), { text: 'Done.' }));
    const { pending_permissions } = await session.call('wait');
    const { request_id } = pending_permissions[0];
    await session.call('approve_permission', { request_id, allow: true });
    const again = `Permission request ${request_id} was already allowed; an answer cannot be changed.`;
    const args = { request_id, allow: false };
    expect(await sentenceOf(session, 'approve_permission', args)).toBe(again);
    expect(await settle(stage, session, id)).toMatchObject({ history: { result: 'Done.' } });
    expect(await sentenceOf(session, 'approve_permission', args)).toBe(again);
  });

  it('stop_worker of a settled worker succeeds and changes nothing', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const { id, history } = await run(stage, session, done);
    const answer = await session.call('stop_worker', { worker_ids: [id] });
    expect(answer).toMatchObject({ stopped: [], already_settled: [id] });
    expect(await stage.history(id)).toEqual(history);
  });

  it('a repeated id counts once', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const id = await session.spawn(done);
    const waited = await session.call('wait', { worker_ids: [id, id] });
    expect(waited.completed).toMatchObject([{ worker_id: id }]);
    const stopped = await session.call('stop_worker', { worker_ids: [id, id] });
    expect(stopped).toMatchObject({ stopped: [], already_settled: [id] });
  });
});

describe('a claude that cannot run', () => {
  it('fails the worker with the install command and the setting for its path', async () => {
    const stage = await setStage();
    const claude = `${stage.project}/no-claude`;
    const session = await stage.connect({ env: { AWM_CLAUDE: claude } });
    const { row, history } = await run(stage, session, done);
    expect(row).toMatchObject({ reason: 'claude_not_found', returncode: null });
    expect(history).toMatchObject({ status: 'failed', reason: 'claude_not_found', result: null });
    expect(history.error_hint).toBe(
      `Command not found: ${claude}. Install it with \`npm install -g @anthropic-ai/claude-code\`, or name its path in AWM_CLAUDE.`,
    );
    expect(row.error_hint).toContain('npm install -g @anthropic-ai/claude-code');
    expect(row.error_hint).toContain('AWM_CLAUDE');
  });

  it('fails the worker when its path is not a program', async () => {
    const stage = await setStage();
    const session = await stage.connect({ env: { AWM_CLAUDE: stage.project } });
    const { row, history } = await run(stage, session, done);
    expect(row).toMatchObject({ reason: 'spawn_error' });
    expect(history.error_hint).toContain(`${stage.project} could not be started`);
  });

  it('fails the worker with the login command when there are no credentials', async () => {
    const stage = await setStage();
    const session = await stage.connect({ env: { ANTHROPIC_API_KEY: '' } });
    const { row, requests } = await run(stage, session, done);
    expect(row).toMatchObject({ reason: 'auth' });
    expect(row.error_hint).toContain('Not logged in');
    expect(row.error_hint).toContain('Run `claude` and /login, or set ANTHROPIC_API_KEY.');
    expect(requests).toEqual([]);
  });
});
