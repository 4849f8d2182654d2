import type { PartitionInstance } from '@metalore/core/partition';
import { Plot, palette, renderSvg } from '../figures/render.js';

/** What a map shows. */
export interface PartitionMap {
  readonly title: string;
  readonly subtitle?: string;
  /** Server of every cell. */
  readonly labels: ArrayLike<number>;
  /** Server of every twin. */
  readonly twins: readonly number[];
  readonly width?: number;
  /** Whether twins, of which there may be many, are drawn; default: up to 2000. */
  readonly showTwins?: boolean;
}

/** Regions are drawn as at most so many rectangles along a side. */
const MAX_SIDE = 200;

/**
 * The map of a partition: the regions, the servers with their numbers, the twins. A twin hosted by another server than
 * that of the region around it has the colour of its host, a region of one cell is an island.
 */
export function drawPartitionMap(instance: PartitionInstance, map: PartitionMap): string {
  const { zone, servers } = instance;
  const width = map.width ?? 560;
  const [marginLeft, marginRight, marginTop, marginBottom] = [56, 16, 20, 42];
  const side = (width - marginLeft - marginRight) / zone.widthM;
  const colour = (b: number) => palette[b % palette.length]!;
  const places = servers.map(({ x, y }, b) => ({ x: x / 1e3, y: y / 1e3, label: String(b) }));
  const twins = instance.twins.map(({ x, y }, k) => ({ x: x / 1e3, y: y / 1e3, b: map.twins[k]! }));
  const showTwins = map.showTwins ?? twins.length <= 2000;
  return renderSvg({
    title: map.title,
    subtitle: map.subtitle ?? '',
    width,
    height: Math.round(side * zone.heightM) + marginTop + marginBottom,
    marginLeft,
    marginRight,
    marginTop,
    marginBottom,
    x: { label: 'x (km)', domain: [0, zone.widthM / 1e3], labelAnchor: 'center' },
    y: { label: 'y (km)', domain: [0, zone.heightM / 1e3], labelAnchor: 'center' },
    marks: [
      Plot.rect(runs(instance, map.labels), {
        x1: 'x1',
        x2: 'x2',
        y1: 'y1',
        y2: 'y2',
        fill: (run: Run) => colour(run.b),
        fillOpacity: 0.38,
        shapeRendering: 'crispEdges',
      }),
      ...(showTwins
        ? [
            Plot.dot(twins, {
              x: 'x',
              y: 'y',
              r: twins.length > 400 ? 1.6 : 2.6,
              fill: (twin: { b: number }) => colour(twin.b),
              stroke: 'white',
              strokeWidth: 0.6,
            }),
          ]
        : []),
      Plot.dot(places, { x: 'x', y: 'y', r: servers.length > 40 ? 3 : 8, fill: 'black', symbol: 'square' }),
      ...(servers.length > 40
        ? []
        : [Plot.text(places, { x: 'x', y: 'y', text: 'label', fill: 'white', fontSize: 10 })]),
      Plot.frame(),
    ],
  });
}

interface Run {
  x1: number;
  x2: number;
  y1: number;
  y2: number;
  b: number;
}

/** Horizontal runs of equal labels, km. */
function runs({ zone, grid }: PartitionInstance, labels: ArrayLike<number>): Run[] {
  const { columns, rows } = grid;
  const shownColumns = Math.min(columns, MAX_SIDE);
  const shownRows = Math.min(rows, MAX_SIDE);
  const labelAt = (row: number, column: number) =>
    labels[
      Math.floor(((row + 0.5) * rows) / shownRows) * columns +
        Math.floor(((column + 0.5) * columns) / shownColumns)
    ]!;
  const stepX = zone.widthM / 1e3 / shownColumns;
  const stepY = zone.heightM / 1e3 / shownRows;
  const found: Run[] = [];
  for (let row = 0; row < shownRows; row++) {
    for (let column = 0; column < shownColumns;) {
      const b = labelAt(row, column);
      const start = column;
      while (column < shownColumns && labelAt(row, column) === b) column++;
      found.push({ x1: start * stepX, x2: column * stepX, y1: row * stepY, y2: (row + 1) * stepY, b });
    }
  }
  return found;
}
