/** Reports of telemetry that is not sent: when, how often, and what they say. */
import { expect, it } from 'vitest';
import { ExportWatch } from '../../shared/telemetry/exportWatch.ts';

const MINUTE = 60_000;
const failure = (about: object) => Object.assign(new Error('secret'), about);
const about = { destination: 'collector', signal: 'traces' };
const watch = () => new ExportWatch('collector', 'traces');

it('Exports that succeed are never reported', () => {
  const exports = watch();
  exports.succeeded();

  expect(exports.report(0)).toBeUndefined();
});

it('The first failed export is reported at once, and further ones after five minutes with their number', () => {
  const exports = watch();
  exports.failed(failure({ code: 403 }));
  expect(exports.report(0)).toEqual({ ...about, failed: 1, reason: '403' });

  for (let n = 0; n < 3; n++) exports.failed(failure({ code: 'ECONNREFUSED' }));
  expect(exports.report(5 * MINUTE - 1)).toBeUndefined();
  expect(exports.report(5 * MINUTE)).toEqual({ ...about, failed: 3, reason: 'ECONNREFUSED' });
  expect(exports.report(10 * MINUTE)).toBeUndefined(); // nothing failed since
});

it('Exports that succeed again are reported once, with the failures since the last report', () => {
  const exports = watch();
  exports.failed(500);
  exports.report(0);
  exports.failed(500);
  exports.succeeded();

  expect(exports.report(1)).toEqual({ ...about, failed: 1 });
  expect(exports.report(2)).toBeUndefined();
});

it('Exports that alternately fail and succeed report a failure every five minutes at most', () => {
  const exports = watch();
  const reports = [];
  for (let second = 0; second < 600; second += 10) {
    if (second % 20 === 0) exports.failed(failure({ code: 503 }));
    else exports.succeeded();
    reports.push(exports.report(second * 1_000));
  }

  expect(reports.filter((report) => report?.reason)).toHaveLength(2);
  expect(reports.filter((report) => report && !report.reason)).toHaveLength(2);
});

it('A report names the type of an error that has no status, and never its message', () => {
  const exports = watch();
  exports.failed(new TypeError('secret'));

  expect(exports.report(0)).toEqual({ ...about, failed: 1, reason: 'TypeError' });
});

it('An export that fails without an error is reported', () => {
  const exports = watch();
  exports.failed(undefined);

  expect(exports.report(0)).toEqual({ ...about, failed: 1, reason: '_OTHER' });
});
