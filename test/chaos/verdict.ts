import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workerPaths } from '../../src/files/paths.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { replay } from '../../src/journal/replay.ts';
import { stateText } from '../../src/journal/state-text.ts';
import { processesOf } from '../../src/processes/reap.ts';
import type { Answer } from '../end-to-end/harness.ts';
import { foldersOf } from '../end-to-end/harness.ts';
import type { Happened } from './accidents.ts';
import { isAtRest, type Player, type Seen, tagOf } from './player.ts';
import { committedIn } from './repository.ts';
import type { Stage } from './stage.ts';
import { nameOf, type Task, tagIn } from './task.ts';
import { during, judgeCompleted, judgeFailed } from './turns.ts';
import { readWitness, type Witness } from './witness.ts';

/** The broken promises, one sentence each. All lists are empty when every promise was kept. */
export interface Verdict {
  lost: string[];
  duplicated: string[];
  orphans: string[];
  /** Commands without a permission, wrong reasons, broken files, unexpected answers. */
  broken: string[];
  turns: number;
  /** The number of workers that got a standby process. */
  standby: number;
  /** The number of commands that tidied the project up. */
  tidied: number;
}

export interface VerdictInput {
  stage: Stage;
  seen: Seen;
  happened: Happened[];
  taskOf(worker: number, turn: number): Task;
}

export async function judge(input: VerdictInput): Promise<Verdict> {
  const { stage, seen } = input;
  const witness = await readWitness(stage);
  const verdict: Verdict = {
    ...{ lost: [], duplicated: seen.duplicated.map((turn) => `${turn} was delivered twice`) },
    ...{ orphans: await orphansOf(stage, seen), broken: [...seen.surprises], turns: 0, standby: 0 },
    tidied: [...witness.ran.keys()].filter((name) => /\.(clean|stash)\./.test(name)).length,
  };
  for (const player of seen.players) await judgeWorker(input, player, witness, verdict);
  judgeWitness(seen, witness, verdict);
  const committed = await committedIn(stage.project);
  verdict.broken.push(...committed.map((file) => `${file} is in the repository`));
  return verdict;
}

/** Checks that the files of one worker are complete and true. */
async function judgeWorker(
  { stage, happened, taskOf }: VerdictInput,
  player: Player,
  witness: Witness,
  verdict: Verdict,
): Promise<void> {
  const name = `W${player.number}`;
  const { id } = player;
  // The last replacement had no time for a turn.
  if (id === undefined && player.turn === 0) return;
  if (id === undefined) return void verdict.lost.push(`${name} was never spawned`);
  if (!isAtRest(player)) verdict.lost.push(`${tagOf(player)} was never delivered`);
  const paths = workerPaths(foldersOf(stage), id);
  const history: Answer = await readFile(paths.history, 'utf8')
    .then(JSON.parse)
    .catch(() => null);
  if (history === null) return void verdict.lost.push(`${name} has no whole history file`);
  const { turns, messages } = history;
  verdict.turns += turns.length;
  if (turns.length < player.turn) verdict.lost.push(`${name} has lost a turn`);
  if (turns.length > player.turn) verdict.duplicated.push(`${name} has a turn too many`);
  const said = JSON.stringify(messages);
  for (const [index, turn] of turns.entries()) {
    const task = taskOf(player.number, index + 1);
    if (tagIn(turn.prompt) !== task.tag) verdict.broken.push(`${task.tag} has another prompt`);
    const judgeTurn = turn.status === 'completed' ? judgeCompleted : judgeFailed;
    const own = during(turn, id, happened);
    const before = during(turns[index - 1], id, happened);
    const emptied = happened.flatMap(({ at, what, worker_id }) =>
      what === 'empty' && worker_id === id ? at : [],
    );
    const accidents = { happened: own, happenedBefore: before, emptied };
    judgeTurn({ turn, task, said, ...accidents, witness }, verdict);
  }
  const records = await readJournal(paths.journal);
  if (records.some(({ event }) => event.standby === true)) verdict.standby += 1;
  for (const { record, snapshot } of replay(records)) {
    const state = stateText(snapshot.value);
    if (state === record.to) continue;
    verdict.broken.push(`${name}: record ${record.seq} says ${record.to}, a replay says ${state}`);
  }
}

/** Checks that each command was allowed and ran once, and that each answer belongs to a worker. */
function judgeWitness(
  { players, allowed }: Seen,
  { ran, answered }: Witness,
  verdict: Verdict,
): void {
  const names = new Set([...allowed].map(nameOf));
  for (const [name, count] of ran) {
    if (!names.has(name)) verdict.broken.push(`${name} ran without a permission`);
    if (count > 1) verdict.duplicated.push(`${name} ran ${count} times`);
  }
  for (const [step, count] of answered) {
    const [, number, turn] = /^W(\d+)\.T(\d+)/.exec(step) ?? [];
    const player = players.find((one) => one.number === Number(number));
    if (!player || Number(turn) > player.turn) verdict.lost.push(`${step} is nobody's`);
    if (count > 1) verdict.duplicated.push(`${step} was answered ${count} times`);
  }
}

/** Returns the processes and leases that are left after all workers were stopped. */
async function orphansOf({ logs, state }: Stage, { players }: Seen): Promise<string[]> {
  const found: string[] = [];
  for (const { number, id } of players) {
    if (id === undefined) continue;
    for (const pid of await processesOf(id)) found.push(`W${number}: process ${pid}`);
    const names = await readdir(join(state, `worker-${id}`));
    for (const name of names) if (/^lease|\.tmp$/.test(name)) found.push(`W${number}: ${name}`);
  }
  // No user edits files here, so a file with `.edited-` is a file that a server did not recognize.
  const strange = [...(await readdir(logs)), ...(await readdir(state))].filter((name) =>
    /\.tmp$|\.edited-|^\.standby/.test(name),
  );
  return [...found, ...strange];
}
