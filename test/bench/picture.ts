/** The results as a picture: for each operation at the most requests in flight, CPU and rate beside the bare client's. */
import { bareUs, hostUs } from './goals.ts';
import { isClean, type Measured } from './measure.ts';
import { spreadOf } from './statistics.ts';

const WIDTH = 720;
const LABEL = 150;
const BAR = 18;
const GAP = 26;
const COLORS = { service: '#2563eb', bare: '#9ca3af' };

interface Bar {
  label: string;
  service: number;
  bare: number;
}

/** An SVG with two charts. Scenarios that foreign load has spoiled are left out. */
export function picture(measured: readonly Measured[]): string {
  const shown = measured.filter((one) => isClean(one) && one.scenario.lines === 1);
  const most = Math.max(...shown.map(({ scenario }) => scenario.inFlight));
  const widest = shown.filter(({ scenario }) => scenario.inFlight === most);
  const bars = (service: (one: Measured) => number, bare: (one: Measured) => number): Bar[] =>
    widest.map((one) => ({ label: one.scenario.operation, service: service(one), bare: bare(one) }));
  const charts = [
    chart(
      'CPU of a request in µs',
      bars(
        (one) => median(one, ({ service }) => hostUs(service)),
        (one) => median(one, ({ bare }) => bareUs(bare)),
      ),
    ),
    chart(
      `Requests a second, ${most} in flight`,
      bars(
        (one) => median(one, ({ service }) => service.ratePerSecond),
        (one) => median(one, ({ bare }) => bare.ratePerSecond),
      ),
    ),
  ];
  const height = charts.reduce((sum, { height }) => sum + height, 0) + 40;
  let top = 0;
  const drawn = charts.map(({ svg, height }) => {
    const placed = `<g transform="translate(0 ${top})">${svg}</g>`;
    top += height;
    return placed;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    '<title>CPU and rate of the service beside the bare storage client</title>',
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...drawn,
    legend(top + 12),
    '</svg>',
  ].join('\n');
}

const median = ({ pairs }: Measured, figure: (pair: Measured['pairs'][number]) => number): number =>
  spreadOf(pairs.map(figure)).median;

function chart(title: string, bars: readonly Bar[]): { svg: string; height: number } {
  const largest = Math.max(...bars.flatMap(({ service, bare }) => [service, bare]), 1);
  const length = (value: number) => (value / largest) * (WIDTH - LABEL - 80);
  const drawn = bars.map(({ label, ...values }, n) => {
    const y = 40 + n * (2 * BAR + GAP);
    const bar = (kind: 'service' | 'bare', at: number) =>
      `<rect x="${LABEL}" y="${at}" width="${length(values[kind]).toFixed(1)}" height="${BAR}" fill="${COLORS[kind]}"/>` +
      text(LABEL + length(values[kind]) + 6, at + BAR - 4, values[kind].toFixed(0));
    return text(16, y + BAR + 4, label) + bar('service', y) + bar('bare', y + BAR + 2);
  });
  return { svg: text(16, 24, title, 'bold') + drawn.join(''), height: 40 + bars.length * (2 * BAR + GAP) };
}

const legend = (y: number): string =>
  (['service', 'bare'] as const)
    .map((kind, n) => {
      const x = LABEL + n * 200;
      const label = kind === 'service' ? 'Cartwright' : 'bare storage client';
      return `<rect x="${x}" y="${y}" width="12" height="12" fill="${COLORS[kind]}"/>${text(x + 18, y + 11, label)}`;
    })
    .join('');

const text = (x: number, y: number, content: string, weight = 'normal'): string =>
  `<text x="${x.toFixed(1)}" y="${y}" font-weight="${weight}" fill="#111827">${content}</text>`;
