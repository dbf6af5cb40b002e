import { resolve } from 'node:path';
import { type Command, CommanderError } from 'commander';
import type { SettingFlags } from '../config/config.ts';
import { fromHome, givenPath } from '../config/given-path.ts';
import { describeSettings } from '../config/settings.ts';
import { ManagerError } from '../errors.ts';
import type { FolderFlags } from './io.ts';
import { SentenceCommand } from './sentence-command.ts';
import type { TerminalCommand } from './terminal.ts';

/** The work of each command. Each function returns an exit code. */
export interface Actions {
  serve(flags: SettingFlags): Promise<number>;
  view(flags: FolderFlags): Promise<number>;
  terminal(command: TerminalCommand, input: { id?: string } & FolderFlags): Promise<number>;
  exportRun(input: { id: string; format: string } & FolderFlags): Promise<number>;
  practice(input: { port: number; script?: string }): Promise<number>;
}

/** The output of `--help`, and the version that `--version` prints. */
export interface ProgramOutput {
  version: string;
  stdout: { write(text: string): unknown; columns?: number };
}

/** Takes the exit code of an action when it ends. */
type Finish = (action: Promise<number>) => Promise<void>;

/**
 * Parses the arguments and runs the command that they name.
 * @returns The exit code of the command.
 * @throws ManagerError `invalid_input` for wrong arguments.
 */
export async function runProgram(
  argv: readonly string[],
  { version, stdout }: ProgramOutput,
  actions: Actions,
): Promise<number> {
  let exitCode = 0;
  const finish: Finish = async (action) => {
    exitCode = await action;
  };
  const program = new SentenceCommand('async-worker-manager')
    .version(version, '--version', 'print the version')
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      getOutHelpWidth: () => stdout.columns ?? 80,
    });
  declareServer(program, actions, finish);
  declareTerminal(program, actions, finish);
  declareExport(program, actions, finish);
  declarePages(program, actions, finish);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // The library throws this error after it has printed the help or the version.
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  return exitCode;
}

/** Declares the server, which runs when no command is named. Its flags are the settings. */
function declareServer(program: SentenceCommand, actions: Actions, finish: Finish): void {
  for (const { flag, variable, description, needsNoValue } of describeSettings()) {
    const value = needsNoValue ? '[value]' : '<value>';
    program.option(`--${flag} ${value}`, `${description} (env: ${variable})`);
  }
  program
    .description('Without a command: serves MCP on stdin and stdout. The flags are its settings.')
    .enablePositionalOptions()
    .hook('preSubcommand', (_program, command) => {
      const [flag] = Object.keys(flagsOf(program));
      if (flag !== undefined) {
        program.refuse(`Expected no flag before "${command.name()}", found --${flag}`);
      }
    })
    .action(() => finish(actions.serve(flagsOf(program))));
}

function flagsOf(program: Command): SettingFlags {
  const given = program.options.flatMap((option) => {
    const value: unknown = program.getOptionValue(option.attributeName());
    // A flag without its value is true.
    if (value === true) return [[option.name(), '1']];
    return typeof value === 'string' ? [[option.name(), value]] : [];
  });
  return Object.fromEntries(given);
}

const worker = "a worker's id, or the beginning of one";

const stateDir = [
  '--state-dir <folder>',
  'the folder of the files of living workers (env: AWM_STATE_DIR)',
] as const;

/** Declares the flags that name the folders of the workers. */
const withFolders = (command: Command): Command =>
  command
    .option('--logs-dir <folder>', 'the folder of the history files (env: AWM_LOGS_DIR)')
    .option(...stateDir);

/** Declares the commands that read a logs folder and write text. */
function declareTerminal(program: Command, { terminal }: Actions, finish: Finish): void {
  const list = (name: 'status' | 'watch', description: string) =>
    withFolders(program.command(name).description(description)).action((flags: FolderFlags) =>
      finish(terminal(name, flags)),
    );
  const one = (name: 'show' | 'tail' | 'adopt', description: string) =>
    withFolders(program.command(name).description(description))
      .argument('<id>', worker)
      .action((id: string, flags: FolderFlags) => finish(terminal(name, { id, ...flags })));
  list('status', "print all workers in one line, as for Claude Code's status line");
  list('watch', 'show a table of all workers every second, or print it once without a terminal');
  one('show', 'print one worker');
  one('tail', 'print the messages of one worker until its turn ends');
  one('adopt', 'give up the server of one worker whose host or container is gone for good');
}

function declareExport(program: Command, { exportRun }: Actions, finish: Finish): void {
  withFolders(program.command('export').description("write a worker's run to stdout"))
    .argument('<id>', `${worker}, or "all" for html`)
    .requiredOption('--format <format>', 'mermaid, svg, json, stately or html')
    .action((id: string, flags: { format: string } & FolderFlags) =>
      finish(exportRun({ id, ...flags })),
    );
}

/** Declares the commands that serve until SIGINT or SIGTERM. */
function declarePages(program: Command, { view, practice }: Actions, finish: Finish): void {
  program
    .command('view')
    .description(
      'show a past run in a browser; nothing can be answered there, no worker is touched',
    )
    .argument(
      '[path]',
      'a logs folder or a journal.ndjson (default: the folder of the settings)',
      pathOf,
    )
    .option(...stateDir)
    .action((path: string | undefined, flags: FolderFlags) =>
      finish(view(path === undefined ? flags : { ...flags, logsDir: resolve(path) })),
    );
  program
    .command('practice')
    .description('start the practice API and print how to use it')
    .option('--port <port>', 'the port of 127.0.0.1 (default: a free one)', portOf)
    .option(
      '--script <file>',
      'answers to prompts: [{"match": "text or /regex/i", "steps": [{"text": "Hi"}]}]',
      pathOf,
    )
    .action((flags: { port?: number; script?: string }) => finish(practice({ port: 0, ...flags })));
}

function pathOf(text: string): string {
  const [issue] = givenPath.safeParse(text).error?.issues ?? [];
  if (!issue) return fromHome(text);
  throw new ManagerError(
    'invalid_input',
    `Expected ${issue.message}, found "${text}"; correct it.`,
  );
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new ManagerError('invalid_input', `--port must be 0 to 65535, not "${text}".`);
}
