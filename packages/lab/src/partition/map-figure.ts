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
  const shown = sample(instance, map.labels);
  const colours = chooseColours(shown, servers.length);
  const colour = (b: number) => palette[colours[b]];
  const places = servers.map(({ x, y }, b) => ({ x: x / 1e3, y: y / 1e3, label: String(b) }));
  const twins = instance.twins.map(({ x, y }, k) => ({ x: x / 1e3, y: y / 1e3, b: map.twins[k] }));
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
      Plot.rect(runs(shown), {
        x1: 'x1',
        x2: 'x2',
        y1: 'y1',
        y2: 'y2',
        fill: (run: Run) => colour(run.b),
        fillOpacity: 0.38,
        shapeRendering: 'crispEdges',
      }),
      Plot.link(borders(shown), { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', stroke: '#333', strokeWidth: 0.7 }),
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

/** Straight pieces of the borders between the regions of a partition, km. @param labels server of every cell */
export function regionBorders(
  instance: PartitionInstance,
  labels: ArrayLike<number>,
): { x1: number; x2: number; y1: number; y2: number }[] {
  return borders(sample(instance, labels));
}

/** The labels as they are drawn: of a large grid every so many cells only. */
interface Shown {
  readonly columns: number;
  readonly rows: number;
  /** Size of a drawn cell, km. */
  readonly stepX: number;
  readonly stepY: number;
  readonly labels: Uint16Array;
}

function sample({ zone, grid }: PartitionInstance, labels: ArrayLike<number>): Shown {
  const columns = Math.min(grid.columns, MAX_SIDE);
  const rows = Math.min(grid.rows, MAX_SIDE);
  const shown = new Uint16Array(columns * rows);
  for (let cell = 0; cell < shown.length; cell++) {
    const row = Math.floor(((Math.floor(cell / columns) + 0.5) * grid.rows) / rows);
    const column = Math.floor((((cell % columns) + 0.5) * grid.columns) / columns);
    shown[cell] = labels[row * grid.columns + column];
  }
  return {
    columns,
    rows,
    stepX: zone.widthM / 1e3 / columns,
    stepY: zone.heightM / 1e3 / rows,
    labels: shown,
  };
}

/** Palette indices: the servers' own numbers where they suffice, else so that neighbours differ where possible. */
function chooseColours({ columns, rows, labels }: Shown, servers: number): number[] {
  const own = Array.from({ length: servers }, (_, b) => b % palette.length);
  if (servers <= palette.length) return own;
  const neighbours = Array.from({ length: servers }, () => new Set<number>());
  const meet = (one: number, other: number) => {
    if (one === other) return;
    neighbours[one].add(other);
    neighbours[other].add(one);
  };
  for (let cell = 0; cell < columns * rows; cell++) {
    if ((cell + 1) % columns > 0) meet(labels[cell], labels[cell + 1]);
    if (cell + columns < columns * rows) meet(labels[cell], labels[cell + columns]);
  }
  const chosen: number[] = [];
  for (let b = 0; b < servers; b++) {
    const taken = new Array<number>(palette.length).fill(0);
    for (const other of neighbours[b]) if (other < b) taken[chosen[other]]++;
    // begin at the server's own colour, so that all colours are used
    const order = own.map((_, step) => (b + step) % palette.length).slice(0, palette.length);
    chosen.push(order.reduce((best, colour) => (taken[colour] < taken[best] ? colour : best)));
  }
  return chosen;
}

interface Run {
  x1: number;
  x2: number;
  y1: number;
  y2: number;
  b: number;
}

/** Horizontal runs of equal labels, km. */
function runs({ columns, rows, stepX, stepY, labels }: Shown): Run[] {
  const found: Run[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns;) {
      const b = labels[row * columns + column];
      const start = column;
      while (column < columns && labels[row * columns + column] === b) column++;
      found.push({ x1: start * stepX, x2: column * stepX, y1: row * stepY, y2: (row + 1) * stepY, b });
    }
  }
  return found;
}

/** Straight pieces of the borders between regions, km. */
function borders({ columns, rows, stepX, stepY, labels }: Shown): Omit<Run, 'b'>[] {
  const found: Omit<Run, 'b'>[] = [];
  const trace = (
    length: number,
    differs: (at: number) => boolean,
    add: (from: number, to: number) => void,
  ) => {
    for (let at = 0; at < length;) {
      const start = at;
      while (at < length && differs(at)) at++;
      if (at > start) add(start, at);
      else at++;
    }
  };
  for (let row = 1; row < rows; row++) {
    const y = row * stepY;
    trace(
      columns,
      (column) => labels[row * columns + column] !== labels[(row - 1) * columns + column],
      (from, to) => found.push({ x1: from * stepX, x2: to * stepX, y1: y, y2: y }),
    );
  }
  for (let column = 1; column < columns; column++) {
    const x = column * stepX;
    trace(
      rows,
      (row) => labels[row * columns + column] !== labels[row * columns + column - 1],
      (from, to) => found.push({ x1: x, x2: x, y1: from * stepY, y2: to * stepY }),
    );
  }
  return found;
}
