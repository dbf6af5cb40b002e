import type { PermissionAnswer, PermissionRequest } from '../../machines/worker.ts';
import { createModelQuestions } from '../claude/ask-model.ts';
import type { EffectiveOptions } from '../config/options.ts';
import { isMemoryShort } from '../config/resources.ts';
import { ManagerError, serverEnds, tooDeep } from '../errors.ts';
import { stateText } from '../journal/state-text.ts';
import { modelOfFollowUp } from '../models/follow-up.ts';
import { signalGroup } from '../processes/identity.ts';
import { endLeftovers } from '../processes/reap.ts';
import { createAdoption } from '../workers/adoption.ts';
import { createRegistry } from '../workers/directory.ts';
import { letKeptGo } from '../workers/idle-eviction.ts';
import { createLauncher, type LauncherDeps } from '../workers/launcher.ts';
import { idOf, type WorkerActor } from '../workers/worker-actor.ts';
import { createFleet, type Fleet } from '../workers/workers.ts';
import { checkAnswer, findRequest } from './approve.ts';
import { listWorkers } from './list.ts';
import type { WorkerRow } from './rows.ts';
import { prepareSpawn, type SpawnInput } from './spawn.ts';
import { type StopResult, stopAll, untilGone } from './stop.ts';
import { createWait, type Wait, type WaitOutcome } from './wait.ts';

/** What the tools can do. Every method rejects with a ManagerError when the request was wrong. */
export interface Manager {
  readonly fleet: Fleet;
  wait: Wait;
  spawn(request: SpawnInput): Promise<SpawnResult>;
  resume(worker_id: string, prompt: string): Promise<ResumeResult>;
  /** `check` throws when the open request is not the one that the answer was meant for. */
  approve(
    answer: PermissionAnswer,
    source: string,
    check?: (request: PermissionRequest) => void,
  ): Promise<ApproveResult>;
  stop(worker_ids: string[]): Promise<StopResult>;
  /** `note`: what there is to say about workers that could not be taken over. */
  list(status?: string): Promise<{ workers: WorkerRow[]; note?: string }>;
  /** Ends the server's part: `finish` leaves the workers to themselves, `stop` ends them first. */
  close(mode: 'finish' | 'stop'): Promise<void>;
  /** Kills every worker's processes at once, without a word to anybody. */
  kill(): void;
}

export interface SpawnResult {
  worker_id: string;
  status: 'spawning' | 'queued';
  /** Place in the queue, from 1. */
  position?: number;
  /** The model that was chosen because the sampling options came without one. */
  model?: string;
  /** What there is to know of its model. */
  note?: string;
}

export interface ResumeResult {
  worker_id: string;
  status: 'resumed';
  /** Why the conversation goes on with another model. */
  note?: string;
}

export interface ApproveResult {
  request_id: string;
  worker_id: string;
  tool: string;
  decision: 'allow' | 'deny';
}

export interface ManagerDeps extends LauncherDeps {
  /** What a thread runs that reads workers; without it all are read in this one. */
  readingThread?: URL;
}

export function createManager(deps: ManagerDeps): Manager {
  const { logsDir } = deps.config;
  const standby = createLauncher(deps, () => fleet);
  const fleet: Fleet = createFleet({ ...deps, launch: standby.launch });
  const { maxWorkers: most, machine } = deps.config;
  letKeptGo(fleet, { most, isMemoryShort: () => isMemoryShort(machine) });
  fleet.onRecord(({ from, to }) => {
    if (from !== to && (to === 'completed' || to === 'failed')) standby.tend();
  });
  const { now, warn, readingThread } = deps;
  const adoption = createAdoption({ fleet, logsDir, now, warn, readingThread });
  const wait = createWait(fleet, logsDir, deps.now);

  const { claude: command, keepAliveSeconds, depth } = deps.config;
  const askModel = createModelQuestions({ command, keepAliveSeconds, depth, env: deps.env });
  const spawning = { claim: standby.claim, askModel };
  let isEnding = false;
  const { ready, known, recorded } = createRegistry({
    ...{ ...deps, fleet, adoption },
    isEnding: () => isEnding,
  });

  return {
    fleet,
    async wait(request) {
      await ready();
      for (const worker_id of request.worker_ids ?? []) {
        if (!fleet.parked.has(worker_id)) await known(worker_id);
      }
      return withTroubles(await wait(request), adoption.newTroubles());
    },
    async spawn(request) {
      const { input, ...about } = await prepareSpawn(request, { ...deps, ...spawning });
      await ready();
      const { worker_id } = input.spec;
      await adoption.claim(worker_id);
      const actor = fleet.spawn(input);
      standby.tend();
      await recorded(worker_id);
      const position = fleet.supervisor.getSnapshot().context.queue.indexOf(worker_id) + 1;
      const isQueued = actor.getSnapshot().matches({ spawning: 'queued' }) && position > 0;
      return isQueued
        ? { worker_id, status: 'queued', position, ...about }
        : { worker_id, status: 'spawning', ...about };
    },
    async resume(worker_id, text) {
      const { context } = (await known(worker_id)).getSnapshot();
      const { spec } = context;
      // Validated when the worker was spawned; the journal keeps them as they were.
      const subject = { ...spec, options: spec.options as EffectiveOptions };
      const model = await modelOfFollowUp(context, askModel(subject));
      // It may have been parked meanwhile.
      const actor = await known(worker_id);
      const prompt = { id: deps.newId(), text };
      const event = { type: 'RESUME', prompt, ...(model !== undefined && { model }) } as const;
      if (!actor.getSnapshot().can(event)) throw cannotResume(worker_id, actor);
      actor.send(event);
      await recorded(worker_id);
      if (model === undefined) return { worker_id, status: 'resumed' };
      const note = `The API does not have model ${context.model} any more, so the conversation goes on with ${model}.`;
      return { worker_id, status: 'resumed', note };
    },
    async approve(answer, source, check) {
      if (deps.config.depth > 0) throw tooDeep();
      await ready();
      if (!fleet.requestIndex.find(answer.request_id)) await adoption.adoptAsker(answer.request_id);
      if (isEnding) throw serverEnds();
      const { actor, request } = findRequest(fleet, answer.request_id);
      check?.(request);
      checkAnswer(request, answer);
      actor.send({ type: 'ANSWER_PERMISSION', answer, source });
      const { worker_id } = actor.getSnapshot().context.spec;
      await recorded(worker_id);
      const decision = answer.allow ? 'allow' : 'deny';
      return { request_id: answer.request_id, worker_id, tool: request.tool, decision };
    },
    async stop(worker_ids) {
      const actors = await Promise.all([...new Set(worker_ids)].map(known));
      const answer = await stopAll(actors);
      await Promise.all(worker_ids.map((id) => fleet.recorded(id).catch(() => {})));
      return answer;
    },
    async list(status) {
      await ready();
      const workers = listWorkers(fleet, { status, logsDir, now: deps.now() });
      const note = [...adoption.troubles.values()].join(' ');
      return { workers, ...(note === '' ? {} : { note }) };
    },
    kill() {
      for (const actor of fleet.liveWorkers()) {
        signalGroup(actor.getSnapshot().context.process?.pid ?? 0, 'SIGKILL');
      }
    },
    async close(mode) {
      isEnding = true;
      await standby.close();
      const workers = fleet.liveWorkers();
      const live = workers.map(idOf);
      const ids = [...live, ...fleet.parked.keys()];
      if (mode === 'stop') {
        fleet.supervisor.send({ type: 'DRAIN' });
        await Promise.all(workers.map(untilGone));
        await endLeftovers(ids, deps.warn);
      }
      await Promise.all(live.map((worker_id) => fleet.recorded(worker_id).catch(() => {})));
      fleet.stop();
      await adoption.release(ids);
    },
  };
}

function withTroubles(outcome: WaitOutcome, troubles: string[]): WaitOutcome {
  if (troubles.length === 0) return outcome;
  const note = [...troubles, outcome.result.note ?? []].flat().join(' ');
  return { ...outcome, result: { ...outcome.result, note } };
}

function cannotResume(worker_id: string, actor: WorkerActor): ManagerError {
  const snapshot = actor.getSnapshot();
  const message = snapshot.hasTag('settled')
    ? `The session of worker ${worker_id} is lost, so it cannot be resumed; start a new one with spawn_worker.`
    : `Worker ${worker_id} is ${stateText(snapshot.value)}; resume_worker needs a completed or failed worker. Use wait or stop_worker first.`;
  return new ManagerError('wrong_state', message);
}
