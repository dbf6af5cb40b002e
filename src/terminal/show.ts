import { visible } from '../claude/message.ts';
import { stateText } from '../inspect/state.ts';
import { workerPaths } from '../store/paths.ts';
import type { StoredWorker } from '../stored.ts';

/** Everything about one worker that a human asks for first, open requests with their whole input. */
export function showWorker({ restored }: StoredWorker, logsDir: string): string {
  const { spec, totals, failure, requests, turn, model, prompt } = restored.context;
  const facts: [string, string | null][] = [
    ['worker', spec.worker_id],
    ['description', spec.description],
    ['state', stateText(restored.value)],
    ['since', new Date(restored.activity.since).toISOString()],
    ['failure', failure && `${failure.reason}: ${failure.hint}`],
    ['turn', String(turn)],
    ['not sent yet', prompt?.text ?? null],
    ['model', model],
    ['agent type', spec.agent_type],
    ['session', spec.session_id],
    ['folder', spec.cwd],
    ['cost', `$${totals.cost_usd.toFixed(4)}`],
    ['last line', restored.activity.lastLine || null],
    ['history', workerPaths(logsDir, spec.worker_id).history],
    ...requests.map(({ request_id, tool, input }): [string, string] => [
      'asks',
      `${request_id} ${tool} ${JSON.stringify(input)}`,
    ]),
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(13)} ${visible(value)}`],
  );
  return `${lines.join('\n')}\n`;
}
