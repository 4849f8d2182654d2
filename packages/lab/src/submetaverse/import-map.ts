import type { Scenario } from '@metalore/core/scenario';
import { Plot, palette, renderSvg } from '../figures/render.js';

/** A place on the plane of a scenario, and what was there. */
interface MapPlace {
  readonly xM: number;
  readonly yM: number;
  readonly positions?: number;
}

/** What was imported: where devices were, and the base stations. @param places m */
export function importMapFigure({ area, cells, name }: Scenario, places: readonly MapPlace[]): string {
  const width = 560;
  const [marginLeft, marginRight, marginTop, marginBottom] = [56, 16, 12, 42];
  const inner = width - marginLeft - marginRight;
  const height = Math.round((inner * area.heightM) / area.widthM) + marginTop + marginBottom;
  const km = ({ xM, yM, positions = 1 }: MapPlace) => ({ x: xM / 1e3, y: yM / 1e3, positions });
  const visited = places.map(km);
  const most = visited.reduce((max, { positions }) => Math.max(max, positions), 1);
  return renderSvg({
    title: `${name}: what was imported`,
    subtitle: `dots: positions; triangles: ${cells.length} base stations`,
    width,
    height: Math.max(160, Math.min(height, 1200)),
    marginLeft,
    marginRight,
    marginTop,
    marginBottom,
    x: { label: 'x (km)', domain: [0, area.widthM / 1e3], labelAnchor: 'center' },
    y: { label: 'y (km)', domain: [0, area.heightM / 1e3], labelAnchor: 'center' },
    ...(most > 1 && {
      color: { legend: true, label: 'positions', type: 'log', scheme: 'viridis', domain: [1, most] },
    }),
    marks: [
      Plot.dot(visited, { x: 'x', y: 'y', r: 1.9, fill: most > 1 ? 'positions' : palette[0] }),
      Plot.dot(cells.map(km), {
        x: 'x',
        y: 'y',
        r: cells.length > 60 ? 3 : 5,
        symbol: 'triangle',
        fill: 'black',
        stroke: 'white',
        strokeWidth: 0.6,
      }),
      Plot.frame(),
    ],
  });
}
