import type { PermissionAnswer, PermissionRequest, Prompt } from '../../machines/worker.ts';
import { grantsOf } from '../../machines/worker.ts';
import type { EffectiveOptions } from '../config/options.ts';

/** The id of our `initialize` request. */
export const initializeId = 'awm-initialize';

/** The id of our `set_model` request. */
export const modelId = 'awm-model';

/** The id of our `get_settings` request. */
export const settingsId = 'awm-settings';

/** Makes a user message. The CLI echoes `uuid` when it has accepted the prompt. */
export function promptLine({ id, text }: Prompt): string {
  const message = { role: 'user', content: text };
  return line({ type: 'user', uuid: id, message, parent_tool_use_id: null });
}

/** The options that `initialize` carries. */
export type InitializeOptions = Pick<
  EffectiveOptions,
  'system' | 'append_system' | 'output_schema'
>;

/** True if these options add nothing to `initialize`. */
export function isEmptyInitialize(options: InitializeOptions): boolean {
  return initializeLine(options) === initializeLine({});
}

/** Makes the first control request to a new process; the response lists the agent types. */
export function initializeLine(options: InitializeOptions): string {
  const { system, append_system, output_schema } = options;
  return controlLine(initializeId, {
    subtype: 'initialize',
    ...(system === undefined ? {} : { systemPrompt: [system] }),
    ...(append_system === undefined ? {} : { appendSystemPrompt: append_system }),
    ...(output_schema === undefined ? {} : { jsonSchema: output_schema }),
  });
}

/** Makes the request for another model from the next turn on. */
export function modelLine(model: string): string {
  return controlLine(modelId, { subtype: 'set_model', model });
}

/** Makes the request for the settings in force, including the model. The response has all of the user's. */
export function settingsLine(): string {
  return controlLine(settingsId, { subtype: 'get_settings' });
}

/** Makes a request that changes nothing; the response shows that the process is up. */
export function presenceLine(): string {
  return controlLine('awm-presence', { subtype: 'list_models' });
}

/** Makes the request to end the current turn. */
export function interruptLine(id: string): string {
  return controlLine(id, { subtype: 'interrupt' });
}

/** Makes the response to a permission request. */
export function answerLine(request: PermissionRequest, answer: PermissionAnswer): string {
  return responseLine(request.cli_id, answer.allow ? allowed(request, answer) : denied(answer));
}

/** Makes the response to a control request that we do not serve, so that the CLI does not wait for ever. */
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
    // Older CLIs refuse an allow without `updatedInput`.
    updatedInput: answer.answers === undefined ? input : { ...input, answers: answer.answers },
    ...(answer.remember ? { updatedPermissions: answer.granted ?? grantsOf(request) } : {}),
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
