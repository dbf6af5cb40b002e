import type { IncomingMessage, ServerResponse } from 'node:http';
import { beginningOf } from '../text/cut.ts';
import { sendError, sendJson, sendStep } from './answer.ts';
import { Attempts } from './attempts.ts';
import { parseBody, readBody } from './body.ts';
import { type MessagesRequest, messagesRequestSchema, sessionOf } from './conversation.ts';
import { describeIssues } from './issues.ts';
import { tokensIn } from './message.ts';
import { latestPrompt } from './prompts.ts';
import type { PracticeRequest, RequestLog } from './requests.ts';
import { type Choice, chooseStep, type Rule, ScriptError } from './script.ts';

/** Answers the requests of one practice API. */
export class PracticeHandler {
  rules: readonly Rule[];
  /** True while the API closes: it ends the connections then, and not their clients. */
  closing = false;
  readonly #log: RequestLog;
  readonly #over: (request: PracticeRequest) => void;
  readonly #attempts = new Attempts();
  /** The requests whose connection the script drops. */
  readonly #dropped = new WeakSet<PracticeRequest>();

  /** @param over Called once for each request, when its answer has ended. */
  constructor(rules: readonly Rule[], log: RequestLog, over: (request: PracticeRequest) => void) {
    this.rules = rules;
    this.#log = log;
    this.#over = over;
  }

  /** Answers one request. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    // A client that disconnects while it sends gets no answer and leaves no record.
    const body = await readBody(request).catch(() => undefined);
    if (body === undefined) return;
    const record: PracticeRequest = {
      at,
      method: request.method ?? '',
      path: (request.url ?? '/').replace(/\?.*$/s, ''),
      headers: request.headers,
      body: parseBody(body.text),
      status: 0,
      answered: false,
      aborted: false,
    };
    const answer = body.too_large ? refusal(413) : this.#plan(record, tokensIn(body.text));
    this.#log.add(record);
    this.#follow(record, response);
    await answer(response);
    this.#update(record, response);
  }

  #plan(record: PracticeRequest, inputTokens: number): Answer {
    const route = `${record.method} ${record.path}`;
    if (route === 'POST /v1/messages') return this.#planMessage(record, inputTokens);
    if (route === 'POST /v1/messages/count_tokens') {
      return (response) => sendJson(response, 200, { input_tokens: inputTokens });
    }
    return refusal(404, `The practice API does not have ${route}, only POST /v1/messages.`);
  }

  #planMessage(record: PracticeRequest, inputTokens: number): Answer {
    const parsed = messagesRequestSchema.safeParse(record.body);
    if (!parsed.success) return refusal(400, describeIssues(parsed.error));
    const request = parsed.data;
    const session = sessionOf(request);
    if (session !== undefined) record.session = session;
    const prompt = latestPrompt(request).text;
    record.prompt = prompt;
    const choice = tryChoosing(request, this.rules);
    if (choice instanceof ScriptError) return refusal(400, choice.message);
    record.step = choice.index;
    const step = this.#attempts.next(request, choice);
    if (step.cut === true) this.#dropped.add(record);
    const defaultText = `Practice answer to: ${beginningOf(prompt, 200)}`;
    const { model, stream = false } = request;
    return (response) => sendStep(response, step, { model, stream, inputTokens, defaultText });
  }

  #follow(record: PracticeRequest, response: ServerResponse): void {
    response.once('finish', () => {
      record.answered = true;
      this.#update(record, response);
    });
    response.once('close', () => {
      const ours = this.closing || this.#dropped.has(record);
      record.aborted = !record.answered && !ours;
      this.#update(record, response);
      this.#over(record);
    });
  }

  #update(record: PracticeRequest, response: ServerResponse): void {
    record.status = response.headersSent ? response.statusCode : 0;
    this.#log.changed(record);
  }
}

type Answer = (response: ServerResponse) => void | Promise<void>;

function refusal(status: number, message?: string): Answer {
  return (response) => sendError(response, { status, message });
}

function tryChoosing(request: MessagesRequest, rules: readonly Rule[]): Choice | ScriptError {
  try {
    return chooseStep(request, rules);
  } catch (error) {
    if (error instanceof ScriptError) return error;
    throw error;
  }
}
