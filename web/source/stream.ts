import type { Step, StreamEvents, SupervisorView } from '../../src/projection/contract.ts';

export interface StreamListener {
  opened(): void;
  /** Where to go on after what was told so far. */
  cursor(cursor: string): void;
  steps(steps: Step[]): void;
  supervisor(supervisor: SupervisorView): void;
  resync(): void;
  lost(): void;
}

/** Follows the server from a cursor on, until the returned function is called. */
export function openStream(cursor: string, listener: StreamListener): () => void {
  const stream = new EventSource(`/api/events?since=${encodeURIComponent(cursor)}`);
  const on = <K extends keyof StreamEvents>(name: K, tell: (data: StreamEvents[K]) => void) =>
    stream.addEventListener(name, ({ data, lastEventId }) => {
      tell(JSON.parse(data));
      if (lastEventId !== '') listener.cursor(lastEventId);
    });
  stream.addEventListener('open', () => listener.opened());
  // The page asks for a new snapshot itself, so that it also notices a server that is another one.
  stream.addEventListener('error', () => {
    stream.close();
    listener.lost();
  });
  on('steps', listener.steps);
  on('supervisor', listener.supervisor);
  on('resync', () => {
    stream.close();
    listener.resync();
  });
  return () => stream.close();
}
