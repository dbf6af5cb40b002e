import { describe, expect, it } from 'vitest';
import { ManagerError } from '../../../src/errors.ts';
import { checkAnswer } from '../../../src/manager/approve.ts';
import { permissionRequest } from '../fixtures.ts';
import { setStage } from '../stage.ts';

const command = { tool: 'Bash', input: { command: 'ls' } };
const mode = { type: 'setMode', mode: 'acceptEdits', destination: 'session' };
const rules = [{ toolName: 'Bash', ruleContent: 'ls' }];
const suggestions = [{ type: 'addRules', behavior: 'allow', rules, destination: 'session' }];
const writing = { tool: 'Write', input: { file_path: '/p/a.txt' }, suggestions: [mode] };
const question = permissionRequest({ tool: 'AskUserQuestion' });

describe('an answer is accepted', () => {
  it.each([
    ['that allows', {}, permissionRequest()],
    ['that denies', { allow: false }, permissionRequest()],
    ['that denies with a reason', { allow: false, reason: 'No.' }, question],
    ['with another input', { updated_input: { command: 'ls -l' } }, permissionRequest()],
    ['that remembers an offered rule', { remember: true }, permissionRequest({ suggestions })],
    ['that remembers a file', { remember: true }, permissionRequest(writing)],
    ['with the answers to questions', { answers: { 'Which?': 'This' } }, question],
    ['with a whole input for a question', { updated_input: { answers: {} } }, question],
    ['with remember: false', { remember: false }, permissionRequest()],
  ])('%s', (_, answer, request) => {
    checkAnswer(request, { request_id: 'r1', allow: true, ...answer });
  });
});

describe('an answer is refused', () => {
  const noGrant =
    'remember, updated_input and answers go with allow: true, found allow: false; leave them out to deny.';
  it.each([
    ['that denies and remembers', { allow: false, remember: true }, permissionRequest(), noGrant],
    [
      'that denies with an input',
      { allow: false, updated_input: {} },
      permissionRequest(),
      noGrant,
    ],
    ['that denies with answers', { allow: false, answers: {} }, question, noGrant],
    [
      'with answers to a request that is no question',
      { answers: {} },
      permissionRequest(),
      'answers is for AskUserQuestion, but request r1 is for Bash; use updated_input to change its input.',
    ],
    [
      'without answers to a question',
      {},
      question,
      'AskUserQuestion needs answers: an object with the text of each question as key and the chosen label, or free text, as value.',
    ],
    [
      'that remembers although claude offers no rule',
      { remember: true },
      permissionRequest(),
      'claude offers nothing to remember for this Bash call; answer without remember.',
    ],
    [
      'that remembers a mode',
      { remember: true },
      permissionRequest({ suggestions: [mode] }),
      'claude offers nothing to remember for this Bash call; answer without remember.',
    ],
    [
      'that remembers an input that it replaces',
      { remember: true, updated_input: { command: 'ls' } },
      permissionRequest({ suggestions }),
      'remember allows the input that was asked, found updated_input too; answer with only one of the two.',
    ],
  ])('%s', (_, answer, request, sentence) => {
    expect(() => checkAnswer(request, { request_id: 'r1', allow: true, ...answer })).toThrow(
      new ManagerError('invalid_input', sentence),
    );
  });
});

describe('a request', () => {
  /** Starts a worker that asks; `refusal` returns the sentence that refuses an answer. */
  async function askingWorker(...more: object[]) {
    const stage = await setStage();
    const worker_id = await stage.spawn({ ask: [command] }, ...more);
    const [row] = (await stage.wait()).pending_permissions;
    const request_id = row?.request_id ?? '';
    const approve = (allow: boolean, id = request_id) =>
      stage.manager.approve({ request_id: id, allow }, 'caller');
    const refusal = async (id = request_id) => {
      const error = await approve(true, id).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'ManagerError', code: 'unknown_request' });
      return String(error).replace('ManagerError: ', '');
    };
    return { ...stage, worker_id, request_id, approve, refusal };
  }

  it('is answered once, and the result gives its tool and the decision', async () => {
    const { approve, refusal, worker_id, request_id, until } = await askingWorker();
    expect(await approve(true)).toEqual({ request_id, worker_id, tool: 'Bash', decision: 'allow' });
    const already = `Permission request ${request_id} was already allowed; an answer cannot be changed.`;
    expect(await refusal()).toBe(already);
    await until(worker_id, 'completed');
    expect(await refusal()).toBe(already);
  });

  it('that was denied stays denied', async () => {
    const { approve, refusal, request_id } = await askingWorker();
    expect(await approve(false)).toMatchObject({ decision: 'deny' });
    expect(await refusal()).toBe(
      `Permission request ${request_id} was already denied; an answer cannot be changed.`,
    );
  });

  it('with an id that no worker used is unknown', async () => {
    const { refusal } = await askingWorker();
    expect(await refusal('no-such-request')).toBe(
      'No permission request "no-such-request" is known here; wait shows the open ones.',
    );
  });

  it('of a worker that has died can no longer be answered', async () => {
    const { launched, refusal, until, worker_id, request_id } = await askingWorker();
    launched[0]?.leave({ code: null, signal: 'SIGKILL' });
    await until(worker_id, 'failed');
    expect(await refusal()).toBe(
      `Permission request ${request_id} can no longer be answered: the process of worker ${worker_id} that asked has ended; wait shows how.`,
    );
  });

  it('that claude withdrew cannot be answered any more', async () => {
    const { launched, refusal, until, worker_id, request_id } = await askingWorker();
    const cancel = { type: 'control_cancel_request', request_id: 'stand-in-1' };
    launched[0]?.write(`${JSON.stringify(cancel)}\n`);
    await until(worker_id, 'running');
    expect(await refusal()).toBe(
      `Permission request ${request_id} was withdrawn by worker ${worker_id} before it was answered; wait shows the open ones.`,
    );
  });

  it('cannot be answered under the id that claude gave it', async () => {
    const { refusal } = await askingWorker();
    expect(await refusal('stand-in-1')).toMatch(
      /^No permission request "stand-in-1" is known here/,
    );
  });
});
