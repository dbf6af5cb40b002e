import { type Folders, workerPaths } from '../files/paths.ts';
import { readJournal } from '../journal/journal.ts';
import type { WorkerView } from '../projection/contract.ts';
import { foldAll } from '../projection/fold.ts';
import { visible } from '../stream-json/message.ts';
import { age, cut, dollars, moment } from './format.ts';
import { readStatus, stateOf } from './overview.ts';

/** Returns all facts about one worker: its task, its state, its open requests and its past states. */
export async function show(folders: Folders, worker_id: string, now: number): Promise<string> {
  const { fold } = foldAll(await readJournal(workerPaths(folders, worker_id).journal), 'none');
  if (!fold) return `worker   ${worker_id}\nstate    not recorded yet\n`;
  const { view, snapshot } = fold;
  const state = stateOf({ ...view, ...(await readStatus(folders, snapshot)) });
  const lines = [
    visible(view.description),
    ...factsOf(view, `${state}, for ${age(view.since, now)}`).map(lineOf),
    `history  ${workerPaths(folders, worker_id).history}`,
    ...requestsOf(view),
    '',
    ...fold.lane.map(([t, name]) => `${moment(t)}  ${name}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function factsOf(view: WorkerView, state: string): [string, string | null][] {
  const { cost_usd, tokens, failure } = view;
  const tokensText = `${tokens.input} tokens in, ${tokens.output} out`;
  return [
    ['worker', view.worker_id],
    ['state', state],
    ['failure', failure && `${failure.reason}: ${failure.hint}`],
    ['turn', String(view.turn)],
    ['agent', view.agent_type],
    ['model', view.model],
    ['folder', view.cwd],
    ['session', view.session_id],
    ['cost', `${dollars(cost_usd)}, ${tokensText}`],
    ['prompt', cut(visible(view.prompt), 500)],
    ['last', view.last_line],
  ];
}

const lineOf = ([name, value]: [string, string | null]): string =>
  `${name.padEnd(8)} ${visible(value || '-')}`;

/** Returns the open requests uncut, because a user reads a request before granting it. */
function requestsOf({ requests }: WorkerView): string[] {
  return requests.map(({ request_id, tool, input }) =>
    visible(`asks     ${request_id} ${tool} ${JSON.stringify(input)}`),
  );
}
