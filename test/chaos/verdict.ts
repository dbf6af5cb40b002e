import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workerPaths } from '../../src/files/paths.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { replay } from '../../src/journal/replay.ts';
import { stateText } from '../../src/journal/state-text.ts';
import { processesOf } from '../../src/processes/reap.ts';
import type { Answer } from '../end-to-end/harness.ts';
import type { Happened } from './accidents.ts';
import { isAtRest, type Player, type Seen, tagOf } from './player.ts';
import type { Stage } from './stage.ts';
import { nameOf, type Task, tagIn } from './task.ts';
import { during, judgeCompleted, judgeFailed } from './turns.ts';
import { readWitness, type Witness } from './witness.ts';

/** What was not as promised: a sentence each. All lists are empty when every promise was kept. */
export interface Verdict {
  lost: string[];
  duplicated: string[];
  orphans: string[];
  /** Runs without a permission, untruthful ends, broken files, surprising answers. */
  broken: string[];
  turns: number;
  /** Workers whose process had been started before they were spawned. */
  ahead: number;
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
    ...{ orphans: await orphansOf(stage, seen), broken: [...seen.surprises], turns: 0, ahead: 0 },
  };
  for (const player of seen.players) await judgeWorker(input, player, witness, verdict);
  judgeWitness(seen, witness, verdict);
  return verdict;
}

/** One worker: whether its files are whole and tell the truth. */
async function judgeWorker(
  { stage, happened, taskOf }: VerdictInput,
  player: Player,
  witness: Witness,
  verdict: Verdict,
): Promise<void> {
  const name = `W${player.number}`;
  const { id } = player;
  // The last that took somebody's place had no turn left to ask for.
  if (id === undefined && player.turn === 0) return;
  if (id === undefined) return void verdict.lost.push(`${name} was never spawned`);
  if (!isAtRest(player)) verdict.lost.push(`${tagOf(player)} was never delivered`);
  const paths = workerPaths(stage.logs, id);
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
    judgeTurn({ turn, task, said, happened: own, happenedBefore: before, witness }, verdict);
  }
  const records = await readJournal(paths.journal);
  if (records.some(({ event }) => event.standby === true)) verdict.ahead += 1;
  for (const { record, snapshot } of replay(records)) {
    const state = stateText(snapshot.value);
    if (state === record.to) continue;
    verdict.broken.push(`${name}: record ${record.seq} says ${record.to}, a replay says ${state}`);
  }
}

/** What ran must have been allowed, and once; what was answered must be some worker's. */
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
async function orphansOf({ logs }: Stage, { players }: Seen): Promise<string[]> {
  const found: string[] = [];
  for (const { number, id } of players) {
    if (id === undefined) continue;
    for (const pid of await processesOf(id)) found.push(`W${number}: process ${pid}`);
    const names = await readdir(join(logs, `worker-${id}`));
    for (const name of names) if (/^lease|\.tmp$/.test(name)) found.push(`W${number}: ${name}`);
  }
  // Nobody edits here, so a file put aside as edited is one that a server did not know for its own.
  const strange = (await readdir(logs)).filter((name) => /\.tmp$|\.edited-|^\.standby/.test(name));
  return [...found, ...strange];
}
