import { signal } from '@preact/signals';
import type { PermissionBody } from '../../src/projection/contract.ts';
import type { Source } from '../source/source.ts';
import { messageOf } from '../text/error.ts';
import { isPast } from './route.ts';
import { connection, mode } from './store.ts';

/** The progress of an answer: on its way, accepted, or refused with a sentence. */
export type Answering = { kind: 'sending' } | { kind: 'sent' } | { kind: 'refused'; why: string };

/** Progress by request: a request may be on the page twice, and is answered once. */
export const answering = signal<ReadonlyMap<string, Answering>>(new Map());

/** Sends an answer, unless one is on its way or was accepted. */
export async function answer(source: Source, id: string, body: PermissionBody): Promise<void> {
  const before = answering.peek().get(id)?.kind;
  if (before === 'sending' || before === 'sent' || refusalToAct() !== undefined) return;
  mark(id, { kind: 'sending' });
  try {
    await source.answer(id, body);
    mark(id, { kind: 'sent' });
  } catch (error) {
    mark(id, { kind: 'refused', why: messageOf(error) });
  }
}

function mark(id: string, state: Answering): void {
  answering.value = new Map(answering.peek()).set(id, state);
}

/** Returns why the page can change nothing now; undefined when it can. */
export function refusalToAct(): string | undefined {
  if (isPast.value) return 'This is the past. Go back to now (Esc) to act.';
  if (mode.value === 'recorded') return 'This is a past run; nothing can be changed in it.';
  if (mode.value === 'readonly') return 'This page is read-only.';
  if (connection.value.kind !== 'connected') return 'The server is not connected.';
  return undefined;
}
