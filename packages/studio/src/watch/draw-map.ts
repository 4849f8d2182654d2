import { decodeLabelRuns, type LabelRuns } from '@metalore/core/scenario';
import type { Colours } from '../shared/theme.svelte.js';
import type { DeviceFrame, Inspected, RunFrame } from '../simulation/protocol.js';
import { Crowd, stampOf, type Stamp } from './crowd.js';
import { drawTwin } from './draw-twin.js';
import type { MapScene } from './map-scene.js';
import type { Projection } from './projection.js';

/** Above this many devices links and travelling dots are left out, and marks get smaller. */
const FEW = 200;

/** Positions of the UEs, between two steps where both are known. */
export function uePositions({ run, before, progress }: MapScene): { x: Float32Array; y: Float32Array } {
  const { x, y } = run.ues;
  if (before === undefined || before.x.length !== x.length || progress >= 1) return { x, y };
  const between = (from: Float32Array, to: Float32Array) =>
    to.map((value, at) => from[at] + (value - from[at]) * progress);
  return { x: between(before.x, x), y: between(before.y, y) };
}

/** Draws one sub-metaverse. */
export function drawMap(context: CanvasRenderingContext2D, scene: MapScene, p: Projection): void {
  const { run, colours } = scene;
  const { ues, sensors } = run;
  const few = ues.x.length + sensors.x.length <= FEW;
  const at = uePositions(scene);
  drawArea(context, scene, p);
  context.save();
  context.beginPath();
  context.rect(p.box.left, p.box.top, p.box.width, p.box.height);
  context.clip();
  if (scene.showAges) drawAges(context, scene, p);
  drawRegions(context, scene, p);
  if (few) drawFew(context, scene, p, at);
  else drawMany(context, scene, p, at);
  if (scene.believedFor !== undefined) drawTwin(context, scene, p, few);
  for (const cell of run.cells) drawStation(context, p.x(cell.xM), p.y(cell.yM), colours);
  if (scene.inspected) drawInspected(context, scene, p, at, scene.inspected);
  context.restore();
}

function drawFew(
  context: CanvasRenderingContext2D,
  scene: MapScene,
  p: Projection,
  at: { x: Float32Array; y: Float32Array },
): void {
  const { run, colours, shown } = scene;
  const users = shown === 'all' || shown === 'users';
  if (shown === 'all') drawNeeds(context, scene, p, at);
  if (shown !== 'users') drawLinks(context, scene, p, run.sensors, run.sensors, colours.updates);
  if (users) drawLinks(context, scene, p, run.ues, at, colours.requests);
  if (shown !== 'users') drawSensors(context, scene, p);
  if (users) drawUes(context, scene, p, at);
}

let crowd: Crowd | undefined;

/** Marks alone, written pixel by pixel. */
function drawMany(
  context: CanvasRenderingContext2D,
  { run, colours, ratio, shown, believedFor = Infinity }: MapScene,
  p: Projection,
  at: { x: Float32Array; y: Float32Array },
): void {
  const { width, height } = context.canvas;
  const radius = 2.5 * p.mark * ratio * Math.min(2, Math.sqrt(p.zoom));
  crowd ??= new Crowd();
  crowd.begin(width, height);
  if (shown !== 'users') {
    const stamps = PALENESS.map((alpha) => stampOf('square', radius, colours.updates, Math.max(0.2, alpha)));
    const { x, y, link } = run.sensors;
    for (let sensor = 0; sensor < x.length; sensor++) {
      const age = link[sensor];
      if (shown === 'stale' && age >= 0 && age <= believedFor) continue;
      crowd.put(stamps[bandOf(age)], p.x(x[sensor]) * ratio, p.y(y[sensor]) * ratio);
    }
  }
  if (shown === 'all' || shown === 'users') {
    const stamp: Stamp = stampOf('circle', radius, colours.requests);
    for (let ue = 0; ue < at.x.length; ue++) crowd.put(stamp, p.x(at.x[ue]) * ratio, p.y(at.y[ue]) * ratio);
  }
  context.drawImage(crowd.finish(), 0, 0, width / ratio, height / ratio);
}

function drawArea(context: CanvasRenderingContext2D, { colours }: MapScene, p: Projection): void {
  const { left, top, width, height } = p.box;
  context.fillStyle = colours.bg;
  context.fillRect(left, top, width, height);
  context.lineWidth = 1;
  context.strokeStyle = colours.line;
  context.fillStyle = colours.muted;
  context.font = '11px system-ui, sans-serif';
  const seen = Math.max(width, height) / p.scale;
  const spacing = niceSpacing(Math.max(seen / 4, 44 / p.scale));
  context.beginPath();
  context.textAlign = 'center';
  context.textBaseline = 'top';
  const [west, east] = [(left - p.left) / p.scale, (left + width - p.left) / p.scale];
  for (let x = Math.ceil(west / spacing - 1e-9) * spacing; x <= east + 1e-9; x += spacing) {
    line(context, p.x(x), top, p.x(x), top + height);
    const last = x + spacing > east;
    context.fillText(last ? `${x} m` : String(x), p.x(x) - (last ? 8 : 0), top + height + 6);
  }
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  const [south, north] = [(p.bottom - top - height) / p.scale, (p.bottom - top) / p.scale];
  for (let y = Math.ceil(south / spacing - 1e-9) * spacing; y <= north + 1e-9; y += spacing) {
    line(context, left, p.y(y), left + width, p.y(y));
    if (y > 0) context.fillText(y + spacing > north ? `${y} m` : String(y), left - 5, p.y(y));
  }
  context.stroke();
}

/** The darker a place, the older the sensor data that requests were served with there. */
function drawAges(context: CanvasRenderingContext2D, { area, run, colours }: MapScene, p: Projection): void {
  const { columns, rows, aosi } = run.ages;
  const most = oldest(run.ages);
  const [width, height] = [area.widthM / columns, area.heightM / rows];
  context.fillStyle = colours.updates;
  aosi.forEach((age, place) => {
    if (Number.isNaN(age)) return;
    const x = (place % columns) * width;
    const y = (Math.floor(place / columns) + 1) * height;
    context.globalAlpha = 0.06 + 0.6 * Math.min(1, age / most);
    context.fillRect(p.x(x), p.y(y), width * p.scale, height * p.scale);
  });
  context.globalAlpha = 1;
}

/** The age that the darkest places have, at least a step. */
export function oldest({ aosi }: RunFrame['ages']): number {
  return aosi.reduce((most, age) => (age > most ? age : most), 1);
}

/** Borders of regions, in pixels' lines of the area: by scenario, as they do not change. */
const borders = new WeakMap<object, readonly (readonly [number, number, number, number])[]>();

function drawRegions(
  context: CanvasRenderingContext2D,
  { area, run, colours }: MapScene,
  p: Projection,
): void {
  const { labels, model } = run.scenario.association;
  if (model !== 'regions' || labels === undefined) return;
  let lines = borders.get(labels);
  if (lines === undefined) borders.set(labels, (lines = bordersOf(labels)));
  const [width, height] = [area.widthM / labels.columns, area.heightM / labels.rows];
  context.strokeStyle = colours.muted;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const [x0, y0, x1, y1] of lines)
    line(context, p.x(x0 * width), p.y(y0 * height), p.x(x1 * width), p.y(y1 * height));
  context.stroke();
}

/** Sides of places whose neighbour belongs to another cell: from and to, in places. */
function bordersOf(grid: LabelRuns): [number, number, number, number][] {
  const labels = decodeLabelRuns(grid);
  const { columns, rows } = grid;
  const found: [number, number, number, number][] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const own = labels[row * columns + column];
      if (column + 1 < columns && labels[row * columns + column + 1] !== own)
        found.push([column + 1, row, column + 1, row + 1]);
      if (row + 1 < rows && labels[(row + 1) * columns + column] !== own)
        found.push([column, row + 1, column + 1, row + 1]);
    }
  }
  return found;
}

/** 1, 2 or 5 times a power of ten. */
function niceSpacing(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= rough * 0.99)!;
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
  context.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
}

/** Dotted: from a UE to the sensor that its newest request needs. */
function drawNeeds(
  context: CanvasRenderingContext2D,
  { run, colours }: MapScene,
  p: Projection,
  at: { x: Float32Array; y: Float32Array },
): void {
  context.strokeStyle = colours.muted;
  context.globalAlpha = 0.75;
  context.setLineDash([2, 4]);
  context.beginPath();
  run.ues.link.forEach((sensor, ue) => {
    if (sensor < 0 || sensor >= run.sensors.x.length) return;
    context.moveTo(p.x(at.x[ue]), p.y(at.y[ue]));
    context.lineTo(p.x(run.sensors.x[sensor]), p.y(run.sensors.y[sensor]));
  });
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Lines to the serving base station, and on them dots that travel while there is something to send. */
function drawLinks(
  context: CanvasRenderingContext2D,
  { run, clock }: MapScene,
  p: Projection,
  devices: DeviceFrame,
  at: { x: Float32Array; y: Float32Array },
  colour: string,
): void {
  context.strokeStyle = context.fillStyle = colour;
  context.globalAlpha = 0.28;
  context.beginPath();
  for (let device = 0; device < at.x.length; device++) {
    const cell = run.cells[devices.cell[device]];
    if (cell === undefined) continue;
    context.moveTo(p.x(at.x[device]), p.y(at.y[device]));
    context.lineTo(p.x(cell.xM), p.y(cell.yM));
  }
  context.stroke();
  context.globalAlpha = 1;
  if (clock === 0) return;
  context.beginPath();
  for (let device = 0; device < at.x.length; device++) {
    const cell = run.cells[devices.cell[device]];
    if (cell === undefined || (devices.rateMbit[device] <= 0 && devices.queue[device] === 0)) continue;
    const phase = (clock * 0.5 + device * 0.37) % 1;
    const x = p.x(at.x[device] + (cell.xM - at.x[device]) * phase);
    const y = p.y(at.y[device] + (cell.yM - at.y[device]) * phase);
    context.moveTo(x + 2, y);
    context.arc(x, y, 2, 0, 2 * Math.PI);
  }
  context.fill();
}

/** How much of its colour a sensor keeps: the older what the twin knows of it, the paler. */
const PALENESS = [1, 0.72, 0.48, 0.28, 0.12] as const;
/** Ages up to which each of them holds, steps. */
const AGE_LIMITS = [2, 5, 10, 20, Infinity] as const;

/** Which of them an age belongs to; −1: never heard of. */
function bandOf(age: number): number {
  return age < 0 ? AGE_LIMITS.length - 1 : AGE_LIMITS.findIndex((limit) => age <= limit);
}

function drawSensors(
  context: CanvasRenderingContext2D,
  { run, colours, shown, believedFor = Infinity }: MapScene,
  p: Projection,
): void {
  const { x, y, link, queue } = run.sensors;
  const size = 5 * p.mark;
  context.fillStyle = context.strokeStyle = colours.updates;
  context.lineWidth = 1;
  PALENESS.forEach((alpha, band) => {
    context.beginPath();
    for (let sensor = 0; sensor < x.length; sensor++) {
      const age = link[sensor];
      if (bandOf(age) !== band || (shown === 'stale' && age >= 0 && age <= believedFor)) continue;
      context.rect(p.x(x[sensor]) - size, p.y(y[sensor]) - size, size * 2, size * 2);
    }
    context.globalAlpha = alpha;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
  });
  drawQueues(context, p, x, y, queue);
}

function drawUes(
  context: CanvasRenderingContext2D,
  { run, colours }: MapScene,
  p: Projection,
  at: { x: Float32Array; y: Float32Array },
): void {
  const radius = 5.5 * p.mark;
  context.fillStyle = colours.requests;
  context.strokeStyle = colours.bg;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let ue = 0; ue < at.x.length; ue++) {
    const x = p.x(at.x[ue]);
    const y = p.y(at.y[ue]);
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fill();
  context.stroke();
  context.fillStyle = colours.requests;
  drawQueues(context, p, at.x, at.y, run.ues.queue);
}

/** Beside each device a bar as long as its queue, about 2 px a job. */
function drawQueues(
  context: CanvasRenderingContext2D,
  p: Projection,
  x: Float32Array,
  y: Float32Array,
  queue: Int32Array,
): void {
  context.beginPath();
  for (let device = 0; device < x.length; device++) {
    const height = Math.min(28, queue[device] * 2) * p.mark;
    const left = p.x(x[device]) + 8 * p.mark;
    if (height > 0) context.rect(left, p.y(y[device]) + 6 * p.mark - height, 3 * p.mark, height);
  }
  context.fill();
}

function drawStation(context: CanvasRenderingContext2D, x: number, y: number, colours: Colours): void {
  context.beginPath();
  context.fillStyle = colours.panel;
  context.strokeStyle = colours.ink;
  context.lineWidth = 1.5;
  context.arc(x, y, 13, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.beginPath();
  context.moveTo(x, y - 8);
  context.lineTo(x - 5, y + 8);
  context.moveTo(x, y - 8);
  context.lineTo(x + 5, y + 8);
  context.moveTo(x - 3, y + 3);
  context.lineTo(x + 3, y + 3);
  context.moveTo(x, y - 8);
  context.lineTo(x, y + 8);
  context.stroke();
}

function drawInspected(
  context: CanvasRenderingContext2D,
  { run, colours }: MapScene,
  p: Projection,
  at: { x: Float32Array; y: Float32Array },
  { kind, device }: Inspected,
): void {
  const cell = kind === 'cell' ? run.cells[device] : undefined;
  const place = kind === 'ue' ? at : run.sensors;
  const xM = cell?.xM ?? place.x[device];
  const yM = cell?.yM ?? place.y[device];
  if (xM === undefined || yM === undefined) return;
  const x = p.x(xM);
  const y = p.y(yM);
  context.beginPath();
  context.strokeStyle = colours.ink;
  context.lineWidth = 2;
  context.arc(x, y, kind === 'cell' ? 17 : 11, 0, 2 * Math.PI);
  context.stroke();
}

/** The device or base station nearest to a point, within 16 px. */
export function deviceAt(
  scene: MapScene,
  p: Projection,
  x: number,
  y: number,
): Omit<Inspected, 'run'> | undefined {
  let best: Omit<Inspected, 'run'> | undefined;
  let nearest = 16 * 16;
  const look = (kind: Inspected['kind'], xs: ArrayLike<number>, ys: ArrayLike<number>) => {
    for (let device = 0; device < xs.length; device++) {
      const dx = p.x(xs[device]) - x;
      const dy = p.y(ys[device]) - y;
      if (dx * dx + dy * dy >= nearest) continue;
      nearest = dx * dx + dy * dy;
      best = { kind, device };
    }
  };
  const at = uePositions(scene);
  const { sensors, cells } = scene.run;
  look('ue', at.x, at.y);
  look('sensor', sensors.x, sensors.y);
  look(
    'cell',
    cells.map(({ xM }) => xM),
    cells.map(({ yM }) => yM),
  );
  return best;
}
