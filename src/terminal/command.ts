import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ManagerError, messageOf } from '../errors.ts';
import { workerPaths } from '../store/paths.ts';
import { idNamed, readWorker, storedWorkers } from '../stored.ts';
import { readTranscript } from '../view/transcript.ts';
import type { TerminalCommand } from './names.ts';
import { isUnderWay, readRows } from './rows.ts';
import { showWorker } from './show.ts';
import { statusLine } from './status.ts';
import { tableOf } from './table.ts';
import { linesOf } from './transcript.ts';

/** What the commands need from outside; `signal` ends those that go on. */
export interface TerminalIo {
  stdout: { write(text: string): unknown; isTTY?: boolean; columns?: number };
  stderr: { write(text: string): unknown };
  env: NodeJS.ProcessEnv;
  now(): number;
  signal?: AbortSignal;
}

const usage = `Usage: async-worker-manager status | watch | show <id> | tail <id>  [--logs-dir DIR]

  status  all workers in one line, e.g. for Claude Code's status line
  watch   a table that goes on; printed once where stdout is no terminal
  show    one worker; the beginning of its id is enough
  tail    what one worker says, until its turn ends
`;

/** How often files are looked at, in milliseconds. */
const lookMs = 500;

/** @returns The exit code: 0, or 2 when the arguments are wrong. */
export async function runTerminal(
  command: TerminalCommand,
  argv: string[],
  io: TerminalIo,
): Promise<number> {
  try {
    const options = { 'logs-dir': { type: 'string' }, help: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
    const wanted = command === 'show' || command === 'tail' ? 1 : 0;
    if (values.help || positionals.length !== wanted) {
      io[values.help ? 'stdout' : 'stderr'].write(usage);
      return values.help ? 0 : 2;
    }
    const logsDir = resolve(values['logs-dir'] ?? (io.env.AWM_LOGS_DIR || 'logs'));
    await commands[command](io, logsDir, positionals[0] ?? '');
    return 0;
  } catch (error) {
    io.stderr.write(`${messageOf(error)}\n`);
    return 2;
  }
}

type Run = (io: TerminalIo, logsDir: string, id: string) => Promise<void>;

const commands: Record<TerminalCommand, Run> = {
  async status({ stdout }, logsDir) {
    stdout.write(`${statusLine(await readRows(logsDir))}\n`);
  },
  async watch(io, logsDir) {
    const { stdout, signal } = io;
    for (;;) {
      const rows = await readRows(logsDir);
      const lines = [...tableOf(rows, io.now(), stdout.columns ?? 120), '', statusLine(rows)];
      // The cursor goes home, and what stood below is cleared.
      stdout.write(
        stdout.isTTY ? `\u001b[H\u001b[J${lines.join('\n')}\n` : `${lines.join('\n')}\n`,
      );
      if (!stdout.isTTY || !(await pause(signal))) return;
    }
  },
  async show({ stdout }, logsDir, beginning) {
    const id = idNamed(await storedWorkers(logsDir), beginning);
    const stored = await readWorker(logsDir, id);
    if (!stored) throw new ManagerError('unknown_worker', `Worker ${id} has no journal.`);
    stdout.write(showWorker(stored, logsDir));
  },
  async tail({ stdout, signal }, logsDir, beginning) {
    const id = idNamed(await storedWorkers(logsDir), beginning);
    for (let from = 0; ; ) {
      const row = (await readRows(logsDir)).find(({ worker_id }) => worker_id === id);
      const answer = await readTranscript(workerPaths(logsDir, id).stdout, from);
      from = answer.next;
      for (const line of answer.messages.flatMap(linesOf)) stdout.write(`${line}\n`);
      if (!answer.is_end) continue;
      if (!row || !isUnderWay(row.state) || !(await pause(signal))) return;
    }
  },
};

/** Whether to look again: false when somebody has had enough. */
async function pause(signal: AbortSignal | undefined): Promise<boolean> {
  await delay(lookMs, undefined, { signal }).catch(() => {});
  return signal?.aborted !== true;
}
