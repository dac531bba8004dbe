/** The command line of `cartwright smoke`, and the text of its report. */
import { describe, expect, it } from 'vitest';
import { BadOption } from '../../../cli/refused.ts';
import { failed, noted, passed } from '../../../cli/smoke/check.ts';
import { type SmokeRequest, smokeCommand } from '../../../cli/smoke/command.ts';
import { lineOf, summaryOf } from '../../../cli/smoke/smoke.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The request in these arguments. */
async function read(...args: string[]): Promise<SmokeRequest | undefined> {
  let request: SmokeRequest | undefined;
  const command = smokeCommand(async (one) => {
    request = one;
  });
  await command.parseAsync(args, { from: 'user' });
  return request;
}

describe('The command line of cartwright smoke', () => {
  it('A smoke test places no order by default', async () => {
    expect(await read()).toMatchObject({
      placesOrder: false,
      customer: expect.stringMatching(GUID),
      waitMs: 60_000,
      json: false,
    });
  });

  it('A smoke test is read with all options', async () => {
    const customer = 'D6BF25B7-E0A8-4F2D-A31B-97B55CFC774D';
    const words = `--url https://x.example --token t --customer ${customer} --catalog-item a:b:c --order --wait PT5S --json`;

    expect(await read(...words.split(' '))).toEqual({
      connection: { url: 'https://x.example', token: 't' },
      customer: customer.toLowerCase(),
      catalogItem: 'a:b:c',
      placesOrder: true,
      waitMs: 5_000,
      json: true,
    });
  });

  it.each([
    [['--customer', '5'], "--customer must be a GUID, not '5'."],
    [['--wait', '5s'], "--wait must be an ISO 8601 duration of at most one hour such as PT1M, not '5s'."],
    [['--wait', 'PT2H'], "--wait must be an ISO 8601 duration of at most one hour such as PT1M, not 'PT2H'."],
    [['url'], 'Unexpected argument: url.'],
  ])('The arguments %j are rejected', async (args, sentence) => {
    const error = await read(...args).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(BadOption);
    expect(String((error as Error).message).split('\n')[0]).toBe(sentence);
  });
});

describe('The report of a smoke test', () => {
  const reportOf = (outcomes: string[], broken: ('storage' | 'broker')[] = []) => ({
    url: 'https://x.example',
    passed: broken.length === 0,
    broken,
    checks: outcomes.map((outcome) => ({ name: 'a check', outcome, detail: '' })),
  });

  it('The report has one line per check', () => {
    expect(
      [
        passed('200'),
        noted('404'),
        failed('503', 'storage'),
        { kind: 'skipped', detail: 'needs --token' } as const,
      ].map((outcome) => lineOf({ name: 'A check', outcome })),
    ).toEqual(['✓ A check (200)', '! A check (404)', '✗ A check (503)', '– A check (needs --token)']);
  });

  it('The report ends with a summary and the number of skipped checks', () => {
    expect(summaryOf(reportOf(['passed']))).toBe('Everything that was checked works.');
    expect(summaryOf(reportOf(['passed', 'skipped']))).toBe(
      'Everything that was checked works. 1 check was skipped.',
    );
  });

  it('The report lists every broken component, with a place to look', () => {
    expect(summaryOf(reportOf(['failed', 'skipped', 'skipped'], ['storage', 'broker'])).split('\n')).toEqual([
      'Broken (2 checks were skipped):',
      expect.stringMatching(/^ {2}Table Storage: /),
      expect.stringMatching(/^ {2}Service Bus: /),
    ]);
  });
});
