import { parseArgs } from 'node:util';
import { readConfig } from '../config/config.ts';
import { messageOf } from '../errors.ts';
import { type ExportDeps, everyWorker, exportRun, formatNames } from '../export/export.ts';
import { idNamed } from '../journal/load-worker.ts';
import { openRecorded } from '../projection/recorded.ts';

/** What the command needs from outside. */
export interface ExportIo extends ExportDeps {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
  env: NodeJS.ProcessEnv;
}

const usage = `Usage: async-worker-manager export <worker id | ${everyWorker}> --format ${formatNames.join('|')} [--logs-dir DIR]

  Writes a worker's run to stdout. The beginning of an id is enough where only one begins so.
`;

/**
 * `async-worker-manager export`: reads the files of the logs folder and changes nothing.
 * @returns The exit code: 0, or 2 when the arguments are wrong or the run cannot be read.
 */
export async function runExport(argv: string[], io: ExportIo): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      options: {
        format: { type: 'string' },
        'logs-dir': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
    const [id, ...others] = positionals;
    if (values.help || id === undefined || others.length > 0 || !values.format) {
      io[values.help ? 'stdout' : 'stderr'].write(usage);
      return values.help ? 0 : 2;
    }
    const folder = values['logs-dir'];
    const { logsDir } = readConfig(folder === undefined ? [] : ['--logs-dir', folder], io.env);
    const source = await openRecorded(logsDir, (message) => io.stderr.write(`${message}\n`));
    const { workers } = await source.snapshot();
    const ids = workers.map(({ worker_id }) => worker_id);
    const whole = id === everyWorker ? id : idNamed(ids, id);
    const { body } = await exportRun(io, source, whole, values.format);
    io.stdout.write(body);
    return 0;
  } catch (error) {
    io.stderr.write(`${messageOf(error)}\n`);
    return 2;
  }
}
