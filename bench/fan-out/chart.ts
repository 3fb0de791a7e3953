import { type CaseFigures, type Figures, figuresOf } from './figures.ts';
import { atSaturation, type Run } from './report.ts';

const WIDTH = 860;
const LEFT = 190;
const RIGHT = 90;
const BAR = 16;
const GAP = 4;
const TITLE = 64;
const CASE_TITLE = 30;
const COLOURS: Record<string, string> = {
  'CloudMeetX, logged': '#0b6e4f',
  CloudMeetX: '#1fa67a',
  'plain ws loop': '#7a869a',
  'Socket.IO': '#a3adbd',
  'Bun publish': '#d9b26f',
};

/** Deliveries a second at saturation, as an SVG: in each case the bars are of that case's own scale. */
export function chartOf(run: Run): string {
  const cases = atSaturation(figuresOf(run.samples));
  let top = TITLE;
  const groups = cases.map((one) => {
    const group = caseBars(one, top);
    top += CASE_TITLE + one.figures.length * (BAR + GAP) + 10;
    return group;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top + 10}" viewBox="0 0 ${WIDTH} ${top + 10}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
    '<title>Deliveries a second at saturation</title>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    text({ x: 16, y: 28, size: 17 }, 'Deliveries a second at saturation'),
    text(
      { x: 16, y: 48 },
      `16 messages in flight a sender; medians of ${run.rounds}; ${run.machine.model}, ${run.machine.processors} processors`,
    ),
    ...groups,
    '</svg>',
    '',
  ].join('\n');
}

function caseBars({ case: { name }, figures }: CaseFigures, top: number): string {
  const most = Math.max(...figures.map(({ deliveriesPerSecond }) => deliveriesPerSecond), 1);
  const bars = figures.map((one, index) => bar(one, { most, y: top + CASE_TITLE + index * (BAR + GAP) }));
  return [text({ x: 16, y: top + 20, size: 14 }, name), ...bars].join('\n');
}

function bar(figures: Figures, { most, y }: { readonly most: number; readonly y: number }): string {
  const { entrant, deliveriesPerSecond, timesPlainLoop } = figures;
  const width = Math.max(((WIDTH - LEFT - RIGHT) * deliveriesPerSecond) / most, 1);
  const label = `${Math.round(deliveriesPerSecond / 1000).toLocaleString('en')} k  ${timesPlainLoop.toFixed(1)}×`;
  return [
    text({ x: LEFT - 10, y: y + 13, anchor: 'end' }, entrant),
    `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[entrant] ?? '#999'}"/>`,
    text({ x: LEFT + width + 6, y: y + 13 }, label),
  ].join('\n');
}

type Place = { readonly x: number; readonly y: number; readonly size?: number; readonly anchor?: 'end' };

function text({ x, y, size = 13, anchor }: Place, content: string): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const extra = anchor ? ` text-anchor="${anchor}"` : '';
  return `<text x="${x.toFixed(1)}" y="${y}" font-size="${size}" fill="#1c2430"${extra}>${escaped}</text>`;
}
