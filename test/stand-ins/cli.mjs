/**
 * Creates a `claude` without a model. In a turn it does the acts of the `<stand-in>[…]</stand-in>` in
 * the prompt, one after the other. Without a script, the result of the turn is "ok".
 *
 * - `{ say }`: an assistant message.
 * - `{ ask: [{ tool, input, suggestions? }], withdraw? }`: permission requests, all open together;
 *   `withdraw` withdraws them at once, else the turn continues when all are answered.
 * - `{ control }`: a control request of another subtype; the turn continues when it is answered.
 * - `{ line, repeat? }`: a line, written `repeat` times; an object is written as JSON, a text as it is
 *   and without a newline.
 * - `{ base64 }`: any bytes.
 * - `{ result }`: the fields of the result line, which ends the turn.
 * - `{ exit }`: exits with this code. `{ hang: true }`: waits until it is interrupted.
 *
 * @param {{ args: string[], env: Record<string, string | undefined>, write(bytes: string | Buffer): void,
 *   exit(code: number): void }} port
 */
export function createCli({ args, env, write, exit }) {
  const session_id = after('--session-id') ?? after('--resume');
  const model = after('--model') ?? 'stand-in';
  const idleMs = Number(env.CLAUDE_CODE_EXIT_AFTER_STOP_DELAY ?? 0);
  /** @type {Map<string, (response: any) => void>} */
  const open = new Map();
  const prompts = [];
  let count = 0;
  let cost = 0;
  let idle;
  let isBusy = false;
  let interrupt = () => {};

  function after(flag) {
    const index = args.indexOf(flag);
    return index === -1 ? undefined : args[index + 1];
  }
  const say = (line) => write(`${JSON.stringify({ ...line, session_id })}\n`);
  const lifecycle = (command_uuid, state) =>
    say({ type: 'command_lifecycle', command_uuid, state });
  const message = (role, content) =>
    say({
      type: role,
      message: { role, content, ...(role === 'assistant' ? { model } : {}) },
      parent_tool_use_id: null,
    });
  const request = (fields) => {
    count += 1;
    const request_id = `stand-in-${count}`;
    const answered = new Promise((resolve) => open.set(request_id, resolve));
    say({ type: 'control_request', request_id, request: fields });
    return { request_id, answered };
  };
  const withdraw = (request_id) => {
    say({ type: 'control_cancel_request', request_id });
    open.get(request_id)?.({ behavior: 'deny', message: 'withdrawn' });
    open.delete(request_id);
  };

  const ask = async (calls, isWithdrawn) => {
    const asked = calls.map(({ tool, input = {}, suggestions = [] }, index) => {
      const id = `toolu_${count}_${index}`;
      message('assistant', [{ type: 'tool_use', id, name: tool, input }]);
      const fields = { subtype: 'can_use_tool', tool_name: tool, input, tool_use_id: id };
      return { id, ...request({ ...fields, permission_suggestions: suggestions }) };
    });
    if (isWithdrawn) for (const { request_id } of asked) withdraw(request_id);
    for (const { id, answered } of asked) {
      const answer = await answered;
      const is_error = answer.behavior !== 'allow';
      const content = is_error ? answer.message : JSON.stringify(answer.updatedInput);
      message('user', [{ type: 'tool_result', tool_use_id: id, content, is_error }]);
    }
  };
  const raw = ({ line, repeat = 1, base64 }) => {
    if (base64 !== undefined) write(Buffer.from(base64, 'base64'));
    if (line === undefined) return;
    const text = typeof line === 'string' ? line : `${JSON.stringify(line)}\n`;
    for (let count = 0; count < repeat; count += 1) write(text);
  };
  const act = async (step) => {
    const { say: text, ask: calls, withdraw, control, exit: code, hang } = step;
    if (text !== undefined) message('assistant', [{ type: 'text', text }]);
    if (calls) await ask(calls, withdraw);
    if (control !== undefined) await request({ subtype: control }).answered;
    raw(step);
    if (code !== undefined) exit(code);
    if (hang || code !== undefined) await new Promise(() => {});
  };
  const result = (uuid, fields) => {
    cost += 0.01;
    say({
      ...{ type: 'result', subtype: 'success', is_error: false, result: 'ok' },
      ...{ num_turns: 1, duration_ms: 1, total_cost_usd: cost, user_message_uuids: [uuid] },
      usage: { input_tokens: 10, output_tokens: 1 },
      ...fields,
    });
  };

  const play = async (acts, isOver) => {
    let said;
    for (const step of acts) {
      if (isOver()) return {};
      if (step.result !== undefined) return step.result;
      said = step.say ?? said;
      await act(step);
    }
    return said === undefined ? {} : { result: said };
  };
  const turn = async ({ uuid, message: { role, content } }) => {
    lifecycle(uuid, 'started');
    say({ type: 'system', subtype: 'init', model, agents, tools: ['Bash'] });
    say({ type: 'user', message: { role, content }, uuid, isReplay: true });
    let isOver = false;
    const aborted = new Promise((resolve) => {
      interrupt = () => {
        isOver = true;
        resolve({ subtype: 'error_during_execution', is_error: true, errors: [] });
      };
    });
    const fields = await Promise.race([play(actsIn(content), () => isOver), aborted]);
    interrupt = () => {};
    result(uuid, fields);
    lifecycle(uuid, fields.is_error ? 'cancelled' : 'completed');
  };
  const work = async () => {
    if (isBusy) return;
    isBusy = true;
    clearTimeout(idle);
    for (let next = prompts.shift(); next; next = prompts.shift()) await turn(next);
    isBusy = false;
    if (idleMs > 0) idle = setTimeout(() => exit(0), idleMs);
  };
  const obey = (request_id, { subtype }) => {
    if (subtype === 'interrupt') {
      for (const id of open.keys()) withdraw(id);
      interrupt();
    }
    const response = subtype === 'initialize' ? { agents, commands: [] } : { still_queued: [] };
    say({ type: 'control_response', response: { subtype: 'success', request_id, response } });
  };

  return {
    /** Takes one line of stdin. @param {string} line */
    take(line) {
      const input = JSON.parse(line);
      if (input.type === 'control_request') obey(input.request_id, input.request);
      if (input.type === 'control_response') {
        const { request_id, response } = input.response;
        say({ type: 'control_response', response: input.response });
        open.get(request_id)?.(response);
        open.delete(request_id);
      }
      if (input.type !== 'user') return;
      lifecycle(input.uuid, 'queued');
      prompts.push(input);
      void work();
    },
  };
}

const agents = ['general-purpose', 'Explore', 'Plan'].map((name) => ({ name }));

function actsIn(prompt) {
  const script = /<stand-in>(.*)<\/stand-in>/s.exec(prompt)?.[1];
  return script === undefined ? [] : JSON.parse(script);
}
