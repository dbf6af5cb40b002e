import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errorBody, type StepError } from './errors.ts';
import { type AnswerContext, type AnswerMessage, answerMessage, newId } from './message.ts';
import type { Step } from './script.ts';
import { eventText, messageEvents } from './stream.ts';

/** The parts of a Messages request that its answer depends on. */
export interface AnswerRequest extends AnswerContext {
  stream: boolean;
}

/**
 * Answers a request by a step: waits, fails, streams, hangs or drops the connection.
 * Resolves after the last byte is written (a hung response stays open), or when the client
 * disconnects.
 */
export async function sendStep(
  response: ServerResponse,
  step: Step,
  request: AnswerRequest,
): Promise<void> {
  await pause(response, step.delay_ms ?? 0);
  if (response.destroyed) return;
  if (step.error !== undefined) return sendError(response, step.error);
  const message = answerMessage(step, request);
  if (request.stream) return sendStream(response, step, message);
  if (step.hang === true) return;
  if (step.cut === true) response.destroy();
  else sendJson(response, 200, message);
}

/** Sends an error as the Messages API does, with `retry-after` if the error has one. */
export function sendError(response: ServerResponse, error: StepError): void {
  const requestId = newId('req');
  response.setHeader('request-id', requestId);
  if (error.retry_after !== undefined) response.setHeader('retry-after', error.retry_after);
  sendJson(response, error.status, errorBody(error, requestId));
}

/** Sends a JSON body. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (!response.hasHeader('request-id')) response.setHeader('request-id', newId('req'));
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function sendStream(
  response: ServerResponse,
  step: Step,
  message: AnswerMessage,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'request-id': newId('req'),
  });
  const whole = step.hang !== true && step.cut !== true;
  const events = [...messageEvents(message, step.chunk)];
  const sent = whole ? events : events.slice(0, lastEvent(step, message, events.length));
  try {
    await pipeline(Readable.from(sent.map(eventText)), response, { end: whole });
  } catch {
    return; // The client went away; the server records that.
  }
  // Not destroy(): the written bytes must arrive before the connection breaks.
  if (step.cut === true) response.socket?.destroySoon();
}

// A cut answer stops in the middle. A hung answer stops before the end of its last block.
function lastEvent(step: Step, message: AnswerMessage, events: number): number {
  if (step.cut === true) return Math.ceil(events / 2);
  return message.content.length === 0 ? events - 2 : events - 3;
}

async function pause(response: ServerResponse, ms: number): Promise<void> {
  if (ms === 0 || response.destroyed) return;
  const gone = new AbortController();
  const abort = (): void => gone.abort();
  response.once('close', abort);
  await delay(ms, undefined, { signal: gone.signal }).catch(() => undefined);
  response.off('close', abort);
}
