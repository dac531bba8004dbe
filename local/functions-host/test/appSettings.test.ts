import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadAppSettings } from '../src/appSettings.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'app-settings-'));
  const Values = {
    FROM_FILE: 'file',
    NUMBER: 5,
    IN_BOTH: 'file',
    EMPTY_IN_FILE: '',
    EMPTY_IN_ENVIRONMENT: 'file',
  };
  writeFileSync(join(folder, 'local.settings.json'), JSON.stringify({ Values }));
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(): NodeJS.ProcessEnv {
  const environment = { IN_BOTH: 'environment', EMPTY_IN_ENVIRONMENT: '', EMPTY: '' };
  loadAppSettings(folder, environment);
  return environment;
}

test('Settings of local.settings.json complete the environment, whose own values take precedence', () => {
  expect(load()).toMatchObject({ FROM_FILE: 'file', NUMBER: '5', IN_BOTH: 'environment' });
});

test('An empty setting is absent for the app, as on Azure', () => {
  expect(load()).not.toHaveProperty('EMPTY');
  expect(load()).not.toHaveProperty('EMPTY_IN_FILE');
  expect(load()).not.toHaveProperty('EMPTY_IN_ENVIRONMENT');
});

test('References to settings are resolved, and a missing setting is an error', () => {
  const settings = loadAppSettings(folder, { QUEUE: 'orders' });

  expect(settings.resolve('%QUEUE%-%FROM_FILE%')).toBe('orders-file');
  expect(() => settings.resolve('%MISSING%')).toThrow("'%MISSING%' does not resolve to a value.");
});
