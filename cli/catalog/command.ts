/** `cartwright catalog`: its commands, options and help. */
import { CliCommand } from '../command.ts';

export interface CatalogRequest {
  file: string;
  json: boolean;
}

/** `cartwright catalog`, which passes what is typed to `run`. */
export function catalogCommand(run: (request: CatalogRequest) => Promise<void>): CliCommand {
  const validate = new CliCommand('validate', 'Check that a file is valid as the service’s CATALOG_FILE.')
    .argument('<FILE>', 'catalogue, a JSON file')
    .option('--json', 'print one JSON document to standard output, for scripts')
    .examples({
      'catalog validate shared/catalog/sample.json': 'name every problem of a catalogue by its path',
    })
    .exitCodes()
    .action((file: string, { json = false }: { json?: boolean }) => run({ file, json }));
  return new CliCommand('catalog', 'Work with catalogues of products.')
    .examples({
      'catalog validate shared/catalog/sample.json': 'name every problem of a catalogue by its path',
    })
    .exitCodes()
    .addCommand(validate) as CliCommand;
}
