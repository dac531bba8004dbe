/**
 * A command of `cartwright`: commander's, with this project's sentences in place of the library's. Every command has
 * `--help` with examples and the exit codes; an invalid command line throws BadOption and writes nothing.
 */
import { Command, CommanderError, type ErrorOptions, type HelpContext } from 'commander';
import { EXIT_CODES } from './exitCodes.ts';
import { BadOption } from './refused.ts';
import { painter, showsColors } from './terminal.ts';

/** Where commander writes help and the version. */
export type Write = (text: string) => void;

export class CliCommand extends Command {
  constructor(name: string, description: string) {
    super(name);
    this.description(description)
      .helpOption('-h, --help', 'Print this help.')
      .helpCommand(false)
      .exitOverride()
      .configureHelp({ styleTitle: (title) => painter(showsColors(process.stdout))('bold', title) })
      .configureOutput({ getOutHasColors: () => showsColors(process.stdout) });
  }

  override addCommand(command: Command): this {
    return super.addCommand(command).helpCommand('help [COMMAND]', 'Print the help of a command.');
  }

  /** Commands to type, each with what it does, shown below the options. */
  examples(examples: Readonly<Record<string, string>>): this {
    const lines = Object.entries(examples).map(([line, does]) => `  # ${does}\n  npx cartwright ${line}`);
    return this.addHelpText('after', () => `\n${this.#title('Examples:')}\n${lines.join('\n\n')}`);
  }

  /** The exit codes, as the last part of the help. */
  exitCodes(): this {
    const help = this.createHelp();
    const lines = Object.values(EXIT_CODES).map(({ code, means }) =>
      help.formatItem(String(code), 3, means, help),
    );
    return this.addHelpText('after', () => `\n${this.#title('Exit codes:')}\n${lines.join('\n')}`);
  }

  /** Sends help to this function instead of standard output. */
  writesTo(write: Write): this {
    this.configureOutput({ writeOut: write });
    for (const command of this.commands) if (command instanceof CliCommand) command.writesTo(write);
    return this;
  }

  override help(context?: HelpContext | ((text: string) => string)): never {
    // Commander prints the help as an error when the subcommand is missing, or is not one that `help` could describe.
    if (typeof context === 'object' && context.error) {
      const [command, name] = this.args;
      if (command === 'help' && name !== undefined) this.error(`'${name}'`, { code: 'unknownCommand' });
      this.error('', { code: 'missingCommand' });
    }
    return super.help(context as HelpContext);
  }

  override error(message: string, { code = '' }: ErrorOptions = {}): never {
    const sentence = this.#sentence(code, message);
    throw new BadOption(`${sentence}\nRun \`npx ${this.#path()} --help\` for usage and examples.`);
  }

  #sentence(code: string, message: string): string {
    const [first = '', second = ''] = [...message.matchAll(/'([^']*)'/g)].map(([, quoted]) => quoted);
    // A value may be a secret.
    const [option = ''] = first.split('=', 1);
    const [, similar] = /\(Did you mean (.*)\?\)/.exec(message) ?? [];
    const hint = similar === undefined ? '' : ` Did you mean ${similar}?`;
    const flag = (flags: string) => /--[\w-]+/.exec(flags)?.[0] ?? flags;
    switch (code.replace('commander.', '')) {
      case 'missingCommand':
        return `Missing command: must be one of ${this.#names()}.`;
      case 'unknownCommand':
        return `Unknown command '${first}': must be one of ${this.#names()}.${hint}`;
      case 'unknownOption':
        if (this.#isFlag(option)) return `${option} must not have a value.`;
        return `Unknown option '${option}'.${hint}`;
      case 'missingArgument':
        return `${first} is required.`;
      case 'missingMandatoryOptionValue':
        return `${flag(first)} is required.`;
      case 'optionMissingArgument':
        return `${flag(first)} must have a value.`;
      case 'conflictingOption':
        return `${flag(first)} and ${flag(second)} must not be used together.`;
      case 'excessArguments':
        return `Unexpected argument: ${this.args.slice(this.registeredArguments.length).join(' ')}.`;
      default:
        return message;
    }
  }

  #isFlag(name: string): boolean {
    return name === '--help' || this.options.some(({ long }) => long === name);
  }

  #names(): string {
    return this.commands.map((command) => command.name()).join(', ');
  }

  #path(): string {
    const names: string[] = [];
    for (let at: Command | null = this; at; at = at.parent) names.unshift(at.name());
    return names.join(' ');
  }

  #title(text: string): string {
    return painter(showsColors(process.stdout))('bold', text);
  }
}

/** Whether commander ended early because it has printed help or the version. */
export const isHelp = (error: unknown): boolean => error instanceof CommanderError && error.exitCode === 0;
