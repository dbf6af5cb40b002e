import { Command, type ErrorOptions, Help } from 'commander';
import { ManagerError, nearest } from '../errors.ts';

/** Replaces the word of the library: an option of this program is what a worker takes. */
const withFlags = (usage: string): string => usage.replace('[options]', '[flags]');

/**
 * A command that refuses a wrong call with one sentence: what was expected, what was found, what to do.
 */
export class SentenceCommand extends Command {
  constructor(name?: string) {
    super(name);
    this.exitOverride();
    this.helpCommand(false);
    this.showSuggestionAfterError(false);
    this.optionsGroup('Flags:');
    this.helpOption('-h, --help', 'print this help');
    this.configureHelp({
      commandUsage: (command) => withFlags(new Help().commandUsage(command)),
      subcommandTerm: (command) => withFlags(new Help().subcommandTerm(command)),
    });
  }

  override createCommand(name?: string): SentenceCommand {
    return new SentenceCommand(name);
  }

  /** Checks that each flag has its value, because the library takes a following flag for the value. */
  override parseOptions(argv: string[]): ReturnType<Command['parseOptions']> {
    for (let index = 0; index < argv.length; index += 1) {
      const argument = argv[index] ?? '';
      if (this.commands.some((command) => command.name() === argument)) break;
      if (!this.options.some((option) => option.required && option.long === argument)) continue;
      index += 1;
      const value = argv[index];
      if (value !== undefined && !value.startsWith('-')) continue;
      const found = value === undefined ? 'none' : `"${value}"`;
      this.refuse(`Expected a value after ${argument}, found ${found}`);
    }
    return super.parseOptions(argv);
  }

  override error(message: string, { code }: ErrorOptions = {}): never {
    const [first] = this.args;
    if (this.commands.length > 0 && first !== undefined && !first.startsWith('-')) {
      const names = this.commands.map((command) => command.name());
      this.refuse(`Unknown command "${first}"`, nearest(first, names));
    }
    switch (code) {
      case 'commander.unknownOption':
        this.#refuseUnknown();
        break;
      case 'commander.missingArgument':
        this.refuse(`Expected ${this.#expected()}, found none`);
        break;
      case 'commander.excessArguments':
        this.refuse(`Expected ${this.#expected()}, found "${this.args.join(' ')}"`);
        break;
      case 'commander.missingMandatoryOptionValue':
        // The library looks for a required flag before it looks for an unknown one.
        this.#refuseUnknown();
        this.refuse(`Expected ${/--[\w-]+/.exec(message)?.[0]} with a value, found none`);
        break;
    }
    this.refuse(message.replace('error: ', ''));
  }

  /** Refuses the call, with the name that was meant or else with the command that prints the help. */
  refuse(problem: string, meant?: string): never {
    const path = [this.parent?.name(), this.name()].filter(Boolean).join(' ');
    const advice = meant ? `did you mean ${meant}?` : `see ${path} --help.`;
    throw new ManagerError('invalid_input', `${problem}; ${advice}`);
  }

  /** Refuses the first unknown flag, if there is one. The library leaves it among the arguments. */
  #refuseUnknown(): void {
    const flag = this.args.find((argument) => argument.startsWith('-'))?.replace(/=.*$/s, '');
    if (flag === undefined) return;
    const known = this.createHelp().visibleOptions(this);
    const near = nearest(
      flag.replace(/^-+/, ''),
      known.map((option) => option.name()),
    );
    this.refuse(`Unknown flag ${flag}`, near && `--${near}`);
  }

  #expected(): string {
    const descriptions = this.registeredArguments.map(({ description }) => description);
    return descriptions.join(' and ') || 'no argument';
  }
}
