import type { PartitionInstance } from '@metalore/core/partition';
import type { Colours } from '../shared/theme.svelte.js';
import type { Solved } from './place-worker.js';

export interface ZoneScene {
  readonly instance: PartitionInstance;
  readonly density: readonly (readonly number[])[];
  readonly solved: (Solved & { readonly columns: number; readonly rows: number }) | undefined;
  /** Number of the server that the keyboard moves. */
  readonly chosen: number;
  readonly colours: Colours;
  readonly width: number;
  readonly height: number;
}

/** Metres to pixels; room for the axes at the left and below. */
export function zoneProjection(zone: PartitionInstance['zone'], width: number, height: number) {
  const scale = Math.min((width - 54) / zone.widthM, (height - 32) / zone.heightM);
  const left = 48;
  const bottom = 8 + zone.heightM * scale;
  return {
    scale,
    left,
    bottom,
    x: (metres: number) => left + metres * scale,
    y: (metres: number) => bottom - metres * scale,
  };
}

/** Hues a golden angle apart; regions differ by number and border, too. */
export function serverHue(server: number): number {
  return (205 + server * 137.508) % 360;
}

/** Draws a zone: regions, density, twins and servers. */
export function drawZone(context: CanvasRenderingContext2D, scene: ZoneScene): void {
  const { instance, solved, colours, width, height } = scene;
  const p = zoneProjection(instance.zone, width, height);
  context.clearRect(0, 0, width, height);
  const box = [
    p.left,
    p.y(instance.zone.heightM),
    instance.zone.widthM * p.scale,
    instance.zone.heightM * p.scale,
  ] as const;
  context.fillStyle = colours.soft;
  context.fillRect(...box);
  context.imageSmoothingEnabled = false;
  if (solved) context.drawImage(regions(solved, colours.theme === 'dark'), ...box);
  context.imageSmoothingEnabled = true;
  context.drawImage(shadow(scene.density, colours.theme === 'dark'), ...box);
  drawAxes(context, scene, p);
  drawTwins(context, scene, p);
  drawServers(context, scene, p);
}

type Projection = ReturnType<typeof zoneProjection>;

function drawAxes(
  context: CanvasRenderingContext2D,
  { instance: { zone }, colours }: ZoneScene,
  p: Projection,
): void {
  context.fillStyle = colours.muted;
  context.font = '11px system-ui, sans-serif';
  for (const part of [0, 0.5, 1]) {
    context.textAlign = part === 1 ? 'right' : part === 0 ? 'left' : 'center';
    context.textBaseline = 'top';
    context.fillText(
      `${Math.round(zone.widthM * part)}${part === 1 ? ' m' : ''}`,
      p.x(zone.widthM * part),
      p.bottom + 5,
    );
    context.textAlign = 'right';
    context.textBaseline = part === 1 ? 'top' : part === 0 ? 'bottom' : 'middle';
    context.fillText(
      `${Math.round(zone.heightM * part)}${part === 1 ? ' m' : ''}`,
      p.left - 4,
      p.y(zone.heightM * part),
    );
  }
}

function regions(
  { labels, columns, rows }: NonNullable<ZoneScene['solved']>,
  dark: boolean,
): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(columns, rows);
  const many = new Set(labels).size > 16;
  const shades = new Map<number, readonly [number, number, number]>();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const label = labels[row * columns + column];
      if (!shades.has(label)) shades.set(label, rgb(serverHue(label), dark ? 0.35 : 0.5, dark ? 0.3 : 0.8));
      const isBorder =
        (column + 1 < columns && labels[row * columns + column + 1] !== label) ||
        (row + 1 < rows && labels[(row + 1) * columns + column] !== label);
      const plain = shades.get(label)!;
      // Of many small regions, borders in full contrast would be all one sees.
      const border = many
        ? plain.map((part) => Math.round(part * (dark ? 1.9 : 0.62)))
        : dark
          ? [230, 235, 240]
          : [60, 70, 80];
      const shade = isBorder ? border : plain;
      image.data.set([...shade, 255], ((rows - 1 - row) * columns + column) * 4);
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The density as a shade over the regions. */
function shadow(density: readonly (readonly number[])[], dark: boolean): HTMLCanvasElement {
  const rows = density.length;
  const columns = density[0]?.length ?? 1;
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = Math.max(1, rows);
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(columns, Math.max(1, rows));
  const all = density.flat();
  const least = Math.min(...all);
  const spread = Math.max(...all) - least;
  const tone = dark ? 255 : 0;
  density.forEach((line, row) =>
    line.forEach((value, column) => {
      image.data.set(
        [tone, tone, tone, spread > 0 ? (110 * (value - least)) / spread : 0],
        ((rows - 1 - row) * columns + column) * 4,
      );
    }),
  );
  context.putImageData(image, 0, 0);
  return canvas;
}

function rgb(hue: number, saturation: number, lightness: number): readonly [number, number, number] {
  const spread = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - spread * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

/** A twin is a dot with a line to its server where that is not the one of its region. */
function drawTwins(
  context: CanvasRenderingContext2D,
  { instance, solved, colours }: ZoneScene,
  p: Projection,
): void {
  context.strokeStyle = colours.ink;
  context.lineWidth = 0.6;
  context.globalAlpha = 0.5;
  context.beginPath();
  instance.twins.forEach(({ x, y }, twin) => {
    const server = instance.servers[solved?.twins[twin] ?? -1];
    if (!solved || !server) return;
    const column = Math.min(solved.columns - 1, Math.floor((x / instance.zone.widthM) * solved.columns));
    const row = Math.min(solved.rows - 1, Math.floor((y / instance.zone.heightM) * solved.rows));
    if (solved.labels[row * solved.columns + column] === solved.twins[twin]) return;
    context.moveTo(p.x(x), p.y(y));
    context.lineTo(p.x(server.x), p.y(server.y));
  });
  context.stroke();
  context.globalAlpha = 1;
  context.fillStyle = colours.requests;
  context.strokeStyle = colours.panel;
  context.lineWidth = 1;
  context.beginPath();
  for (const { x, y } of instance.twins) {
    context.moveTo(p.x(x) + 3, p.y(y));
    context.arc(p.x(x), p.y(y), 3, 0, 2 * Math.PI);
  }
  context.fill();
  context.stroke();
}

function drawServers(
  context: CanvasRenderingContext2D,
  { instance, chosen, colours }: ZoneScene,
  p: Projection,
): void {
  const radius = instance.servers.length > 16 ? 6 : 11;
  context.font = `600 ${radius}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  instance.servers.forEach(({ x, y }, server) => {
    context.beginPath();
    context.fillStyle = colours.panel;
    context.strokeStyle = colours.ink;
    context.lineWidth = server === chosen ? 3 : 1.5;
    context.arc(p.x(x), p.y(y), radius, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    context.fillStyle = colours.ink;
    context.fillText(String(server + 1), p.x(x), p.y(y) + 0.5);
  });
}
