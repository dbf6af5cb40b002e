import type { PermissionAnswer, PermissionRequest, Prompt } from '../../machines/worker.ts';
import { rememberedFrom } from '../../machines/worker.ts';
import type { EffectiveOptions } from '../config/options.ts';

/** The id under which `claude` answers our `initialize`. */
export const initializeId = 'awm-initialize';

/** The id under which it answers our `set_model`. */
export const modelId = 'awm-model';

/** The id under which it answers our `get_settings`. */
export const settingsId = 'awm-settings';

/** A user message. The CLI echoes `uuid`, which is how we know that the prompt was accepted. */
export function promptLine({ id, text }: Prompt): string {
  const message = { role: 'user', content: text };
  return line({ type: 'user', uuid: id, message, parent_tool_use_id: null });
}

/** The options that reach `claude` by `initialize`. */
export type InitializeOptions = Pick<
  EffectiveOptions,
  'system' | 'append_system' | 'output_schema'
>;

/** Whether an `initialize` with these says no more than one without any. */
export function hasNothingToSay(options: InitializeOptions): boolean {
  return initializeLine(options) === initializeLine({});
}

/** The first request to a new process; its answer lists the agent types. */
export function initializeLine(options: InitializeOptions): string {
  const { system, append_system, output_schema } = options;
  return controlLine(initializeId, {
    subtype: 'initialize',
    ...(system === undefined ? {} : { systemPrompt: [system] }),
    ...(append_system === undefined ? {} : { appendSystemPrompt: append_system }),
    ...(output_schema === undefined ? {} : { jsonSchema: output_schema }),
  });
}

/** Has the process use another model than the one it was started with, from its next turn on. */
export function modelLine(model: string): string {
  return controlLine(modelId, { subtype: 'set_model', model });
}

/** Asks which settings are in force, the model among them. The answer has all the user's settings. */
export function settingsLine(): string {
  return controlLine(settingsId, { subtype: 'get_settings' });
}

/** A question that leaves everything as it is; its answer says that the process is up. */
export function presenceLine(): string {
  return controlLine('awm-presence', { subtype: 'list_models' });
}

/** Asks the CLI to end the turn it is in. */
export function interruptLine(id: string): string {
  return controlLine(id, { subtype: 'interrupt' });
}

/** The answer to a permission request. */
export function answerLine(request: PermissionRequest, answer: PermissionAnswer): string {
  return responseLine(request.cli_id, answer.allow ? allowed(request, answer) : denied(answer));
}

/** The answer to a control request that nobody here can serve, so that the CLI does not wait for ever. */
export function refusalLine(cli_id: string, subtype: string): string {
  if (subtype === 'elicitation') return responseLine(cli_id, { action: 'decline' });
  const error = `async-worker-manager does not serve "${subtype}" requests.`;
  const response = { subtype: 'error', request_id: cli_id, error };
  return line({ type: 'control_response', response });
}

function allowed(request: PermissionRequest, answer: PermissionAnswer): Record<string, unknown> {
  const input = answer.updated_input ?? request.input;
  return {
    behavior: 'allow',
    // Older CLIs refuse an allow without it.
    updatedInput: answer.answers === undefined ? input : { ...input, answers: answer.answers },
    ...(answer.remember ? { updatedPermissions: rememberedFrom(request) } : {}),
  };
}

function denied({ reason }: PermissionAnswer): Record<string, unknown> {
  return { behavior: 'deny', message: reason ?? 'The permission was denied.' };
}

const controlLine = (request_id: string, request: Record<string, unknown>): string =>
  line({ type: 'control_request', request_id, request });

const responseLine = (request_id: string, response: Record<string, unknown>): string =>
  line({ type: 'control_response', response: { subtype: 'success', request_id, response } });

const line = (value: Record<string, unknown>): string => `${JSON.stringify(value)}\n`;
