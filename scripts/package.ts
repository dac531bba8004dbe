/**
 * Stages the deployment package in `.deploy/`, after `npm run build`, which azd runs. With `--maps`, source maps are
 * included; the app setting `languageWorkers__node__arguments=--enable-source-maps` makes the worker use them.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stage } from './stage.ts';

const { values } = parseArgs({ options: { maps: { type: 'boolean', default: false } } });

await stage({
  target: join(import.meta.dirname, '../.deploy'),
  catalogFile: process.env.CATALOG_FILE,
  hasMaps: values.maps,
});
