import type { AnyActorRef, InspectionEvent } from 'xstate';
import { chartVersion } from '../../machines/worker.ts';
import type { JournalRecord } from './journal.ts';
import { stateText } from './state-text.ts';
import { targetsOf } from './xstate-internals.ts';

/** The dependencies of the recorder. */
export interface RecorderDeps {
  /** Milliseconds since 1970. */
  now(): number;
  /** Returns the id of the worker that an actor runs. */
  workerOf(actor_id: string): string;
  /** Returns the number of records in a worker's journal. */
  recordsOf(worker_id: string): number;
  /** Gets every record, in order. If it throws, the record is lost and the actors continue. */
  onRecord(record: JournalRecord): void;
  warn(message: string): void;
}

/** The state of the recorder for one actor. */
interface Track {
  worker_id: string;
  seq: number;
  state: string | null;
  edges: string[];
}

/**
 * Creates an inspector that makes one journal record of each event of each worker. A record says
 * what the actor really did with the event. The records have the order of the actor's steps, with
 * the events of its own timers.
 */
export function createRecorder(deps: RecorderDeps): (inspected: InspectionEvent) => void {
  const tracks = new WeakMap<AnyActorRef, Track>();

  const trackOf = (actor: AnyActorRef): Track => {
    const known = tracks.get(actor);
    if (known) return known;
    const worker_id = deps.workerOf(actor.id);
    const track = { worker_id, seq: deps.recordsOf(worker_id), state: null, edges: [] };
    tracks.set(actor, track);
    return track;
  };

  const record = (inspected: InspectionEvent) => {
    if (!isWorker(inspected.actorRef)) return;
    const track = trackOf(inspected.actorRef);
    if (inspected.type === '@xstate.microstep') track.edges.push(...targetsOf(inspected));
    if (inspected.type !== '@xstate.snapshot') return;
    // The server stops the actor; nothing happens to the worker.
    if (inspected.event.type === 'xstate.stop') return;
    const isRestored = inspected.event.type === 'xstate.init' && track.seq > 0;
    const next = recordOf(inspected, track, deps.now());
    Object.assign(track, { state: next.to, edges: [] });
    if (isRestored) return;
    track.seq = next.seq;
    deps.onRecord(next);
  };

  return (inspected) => {
    try {
      record(inspected);
    } catch (error) {
      deps.warn(`A record was lost: ${String(error)}`);
    }
  };
}

function isWorker(actor: unknown): actor is AnyActorRef {
  return typeof actor === 'object' && actor !== null && 'src' in actor && actor.src === 'worker';
}

type Snapshot = Extract<InspectionEvent, { type: '@xstate.snapshot' }>;

function recordOf({ event, snapshot }: Snapshot, track: Track, t: number): JournalRecord {
  const { offset, ...rest } = eventOf(event);
  const to = stateText('value' in snapshot ? snapshot.value : '');
  const isFirst = event.type === 'xstate.init';
  return {
    v: 1,
    seq: track.seq + 1,
    t,
    worker: track.worker_id,
    // The first record, and each adoption: the adopting server may have another version.
    ...(isFirst || event.type === 'ADOPT' ? { chart: chartVersion } : {}),
    event: rest,
    ...(typeof offset === 'number' ? { offset } : {}),
    from: track.state,
    to,
    ...(track.edges.length > 0 ? { edges: track.edges } : {}),
    ...(track.edges.length === 0 && !isFirst ? { dropped: true } : {}),
  };
}

/** Returns the event of a record: SPAWNED with the actor's input for the start of the actor. */
function eventOf(event: { type: string }): { type: string } & Record<string, unknown> {
  if (event.type !== 'xstate.init') return { ...event };
  const input = 'input' in event && typeof event.input === 'object' ? event.input : {};
  return { type: 'SPAWNED', ...input };
}
