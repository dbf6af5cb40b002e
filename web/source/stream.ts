import type { Step, StreamEvents, SupervisorView } from '../../src/projection/contract.ts';

export interface StreamListener {
  opened(): void;
  /** The place in the stream from which a new stream continues. */
  cursor(cursor: string): void;
  steps(steps: Step[]): void;
  supervisor(supervisor: SupervisorView): void;
  resync(): void;
  lost(): void;
}

/** Follows the server's stream from a cursor, until the returned function is called. */
export function openStream(cursor: string, listener: StreamListener): () => void {
  const stream = new EventSource(`/api/events?since=${encodeURIComponent(cursor)}`);
  const on = <K extends keyof StreamEvents>(name: K, receive: (data: StreamEvents[K]) => void) =>
    stream.addEventListener(name, ({ data, lastEventId }) => {
      receive(JSON.parse(data));
      if (lastEventId !== '') listener.cursor(lastEventId);
    });
  stream.addEventListener('open', () => listener.opened());
  stream.addEventListener('error', () => listener.lost());
  on('steps', listener.steps);
  on('supervisor', listener.supervisor);
  on('resync', () => listener.resync());
  return () => stream.close();
}
