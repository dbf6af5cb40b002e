import fc from 'fast-check';
import type { WorkerEvent } from '../../../machines/worker.ts';

/** Few ids, so that events often name the same prompt or request. */
const promptId = fc.constantFrom('p1', 'p2', 'p3');
const cliId = fc.constantFrom('c1', 'c2', 'c3');
const requestId = fc.constantFrom('r1', 'r2', 'r3');
const failure = fc.record({
  reason: fc.constantFrom('crashed', 'killed', 'session_lost', 'api_error'),
  hint: fc.string(),
  returncode: fc.option(fc.nat(255)),
} as const);
const suggestions = fc.array(
  fc.constantFrom<Record<string, unknown>>(
    { type: 'addRules', behavior: 'allow', rules: [{ toolName: 'Read' }], destination: 'x' },
    { type: 'setMode', mode: 'acceptEdits' },
  ),
  { maxLength: 2 },
);
const request = fc.record({
  ...{ request_id: requestId, cli_id: cliId, tool: fc.constantFrom('Bash', 'Read'), suggestions },
  input: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 }),
});
const answer = fc.record(
  {
    ...{ request_id: requestId, allow: fc.boolean(), remember: fc.boolean(), reason: fc.string() },
    updated_input: fc.constant({ command: 'other' }),
  },
  { requiredKeys: ['request_id', 'allow'] },
);
const result = fc.record({
  has_object: fc.boolean(),
  ...{ failure: fc.option(failure), prompt_ids: fc.array(promptId, { maxLength: 2 }) },
  ...{ total_cost_usd: fc.nat(9), cost_usd: fc.option(fc.nat(9)), num_turns: fc.nat(9) },
  ...{ duration_ms: fc.nat(999), usage: fc.dictionary(fc.constantFrom('a', 'b'), fc.nat(9)) },
});
const offset = fc.nat(1e6);
const type = <Type extends WorkerEvent['type']>(name: Type) => fc.constant(name);

/** Generates every event of a worker, with any content. */
export const workerEvents: fc.Arbitrary<WorkerEvent> = fc.oneof(
  fc.constantFrom<WorkerEvent>(
    { type: 'SLOT' },
    { type: 'STOP' },
    { type: 'RELEASE' },
    { type: 'DELIVERED' },
    { type: 'ATTACHED' },
    { type: 'ADOPT', owner: 'process 1' },
    { type: 'STORAGE_FAILED', hint: 'gone' },
  ),
  fc.record({ type: type('RESUME'), prompt: fc.record({ id: promptId, text: fc.string() }) }),
  fc.record({ type: type('ANSWER_PERMISSION'), answer, source: fc.constant('caller') }),
  fc.record({ type: type('INITIALIZED'), agents: fc.constant<string[]>(['Plan']), offset }),
  fc.record({ type: type('TURN_OPENED'), model: fc.option(fc.constant('claude-x')), offset }),
  fc.record({ type: type('PROMPT_ACCEPTED'), prompt_id: promptId, offset }),
  fc.record({
    ...{ type: type('MESSAGE_SEEN'), role: fc.constant('assistant'), brief: fc.string() },
    ...{ model: fc.option(fc.constant('claude-y')), offset },
  }),
  fc.record({
    ...{ type: type('API_RETRIED'), status: fc.constantFrom(401, 429, null) },
    ...{ attempt: fc.nat(9), error: fc.string(), offset },
  }),
  fc.record({ type: type('PERMISSION_ASKED'), request, offset }),
  fc.record({ type: type('PERMISSION_WITHDRAWN'), cli_id: cliId, offset }),
  fc.record({ type: type('ANSWER_ACKNOWLEDGED'), cli_id: cliId, offset }),
  fc.record({ type: type('CONTROL_ASKED'), cli_id: cliId, subtype: fc.string(), offset }),
  fc.record({ type: type('RESULT_SEEN'), result, offset }),
  fc.record({ type: type('PROCESS_STARTED'), pid: fc.nat(9), start_time: fc.string() }),
  failure.map((fields) => ({ type: 'EXITED' as const, ...fields })),
  failure.map((fields) => ({ type: 'START_FAILED' as const, ...fields })),
  fc.record({ type: type('DRAFTED'), sha256: fc.string() }),
  fc.record({ type: type('SAVED'), turn: fc.nat(3), sha256: fc.string() }),
  fc.record({ type: type('SAVE_FAILED'), turn: fc.nat(3), hint: fc.string() }),
);
