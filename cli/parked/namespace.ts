/** The options that name a Service Bus namespace, which the subcommands that connect to one have in common. */
import { Option } from 'commander';
import type { CliCommand } from '../command.ts';

export interface NamespaceOptions {
  namespace?: string | undefined;
  connectionString?: string | undefined;
  /** Data folder of a local stack. */
  data?: string | undefined;
}

/** Adds the options. */
export const withNamespace = (command: CliCommand): CliCommand =>
  command
    .option('--namespace <NAME>', 'Service Bus namespace, with your Azure sign-in')
    .addOption(
      new Option(
        '--connection-string <TEXT>',
        'Service Bus connection string (or ServiceBusConnection; default: the running local stack)',
      ).conflicts('namespace'),
    )
    .addOption(
      new Option('--data <FOLDER>', 'data folder of a local stack (default: .local)').conflicts([
        'namespace',
        'connectionString',
      ]),
    );
