import type { Colours } from '../shared/theme.svelte.js';
import type { Band } from './band.js';
import type { ShownCell } from './frames.js';
import { FLOW_MS, pulseOf, type Item } from './picture.js';

/** From metres to pixels. */
export interface Projection {
  x(xM: number): number;
  y(yM: number): number;
  readonly pixelsPerM: number;
}

/** What the plan shows. */
export interface PlanPicture {
  readonly items: readonly Item[];
  /** Items that hold. */
  readonly count: number;
  readonly cell: ShownCell | null;
  readonly queues: Readonly<Record<string, number>>;
}

const MARGIN = 18;
const RADIUS = 5;
/** The longest queue that has its full height in the picture, jobs, and that height, pixels. */
const FULL_QUEUE = 100;
const QUEUE_PX = 44;

/** A projection that shows every place, in one scale for both axes. */
export function projectionOf({ items, count, cell }: PlanPicture, width: number, height: number): Projection {
  let [west, east, south, north] =
    cell === null ? [Infinity, -Infinity, Infinity, -Infinity] : [0, cell.area.widthM, 0, cell.area.heightM];
  const take = (xM: number, yM: number) => {
    west = Math.min(west, xM);
    east = Math.max(east, xM);
    south = Math.min(south, yM);
    north = Math.max(north, yM);
  };
  for (let at = 0; at < count; at++) {
    const { xM, yM, ghost, haloM } = items[at];
    take(xM, yM);
    if (ghost !== undefined && haloM === 0) take(ghost.xM, ghost.yM);
  }
  if (west > east) [west, east, south, north] = [0, 1, 0, 1];
  const span = (from: number, to: number) => Math.max(1, to - from);
  const scale = Math.min((width - 2 * MARGIN) / span(west, east), (height - 2 * MARGIN) / span(south, north));
  const [left, bottom] = [(width - scale * (east - west)) / 2, (height - scale * (north - south)) / 2];
  return {
    x: (xM) => left + scale * (xM - west),
    y: (yM) => height - bottom - scale * (yM - south),
    pixelsPerM: scale,
  };
}

export function drawPlan(
  context: CanvasRenderingContext2D,
  picture: PlanPicture,
  chosen: string,
  projection: Projection,
  colours: Colours,
): void {
  const { items, count, cell } = picture;
  context.lineWidth = 1.2;
  if (cell !== null) drawCell(context, cell, picture, projection, colours);
  for (let at = 0; at < count; at++) drawGhost(context, items[at], projection, colours);
  for (let at = 0; at < count; at++) drawItem(context, items[at], chosen, projection, colours);
}

/** The area, the base station, its two queues, and what just came in. */
function drawCell(
  context: CanvasRenderingContext2D,
  { xM, yM, area }: ShownCell,
  { items, count, queues }: PlanPicture,
  { x, y }: Projection,
  colours: Colours,
): void {
  context.strokeStyle = colours.line;
  context.strokeRect(x(0), y(area.heightM), x(area.widthM) - x(0), y(0) - y(area.heightM));
  context.strokeStyle = colours.muted;
  for (let at = 0; at < count; at++) {
    const { heardMs, xM: fromX, yM: fromY } = items[at];
    if (heardMs >= FLOW_MS) continue;
    context.globalAlpha = 0.6 * (1 - heardMs / FLOW_MS);
    drawLine(context, x(fromX), y(fromY), x(xM), y(yM));
  }
  context.globalAlpha = 1;
  const [atX, atY] = [x(xM), y(yM)];
  context.strokeStyle = colours.ink;
  drawLine(context, atX, atY + 8, atX, atY - 10);
  drawLine(context, atX - 6, atY + 8, atX + 6, atY + 8);
  context.beginPath();
  context.arc(atX, atY - 10, 4, Math.PI * 0.75, Math.PI * 2.25);
  context.stroke();
  for (const [side, kind] of ['requests', 'updates'].entries()) {
    const length = Math.min(1, (queues[kind] ?? 0) / FULL_QUEUE) * QUEUE_PX;
    context.fillStyle = kind === 'requests' ? colours.requests : colours.updates;
    context.fillRect(atX + 10 + 7 * side, atY + 8 - length, 5, length);
  }
}

/** Where it truly is, or probably, and how far from there the twin's belief lies. */
function drawGhost(
  context: CanvasRenderingContext2D,
  { ghost, haloM, xM, yM }: Item,
  { x, y, pixelsPerM }: Projection,
  colours: Colours,
): void {
  if (ghost === undefined) return;
  const [toX, toY] = [x(ghost.xM), y(ghost.yM)];
  context.strokeStyle = colours.muted;
  drawLine(context, x(xM), y(yM), toX, toY);
  const radius = Math.max(RADIUS, haloM * pixelsPerM);
  if (haloM === 0) return drawRing(context, toX, toY, radius, colours.muted, []);
  context.globalAlpha = 0.14;
  context.fillStyle = colours.muted;
  context.beginPath();
  context.arc(toX, toY, radius, 0, 2 * Math.PI);
  context.fill();
  context.globalAlpha = 1;
}

function drawItem(
  context: CanvasRenderingContext2D,
  { id, xM, yM, band, alarmedMs }: Item,
  chosen: string,
  { x, y }: Projection,
  colours: Colours,
): void {
  const [atX, atY] = [x(xM), y(yM)];
  context.fillStyle = context.strokeStyle = colours.theme === 'dark' ? band.darkColour : band.colour;
  drawShape(context, band.shape, atX, atY);
  if (alarmedMs >= 0) {
    drawRing(context, atX, atY, RADIUS + 4 + 12 * (1 - pulseOf(alarmedMs)), colours.ink, [3, 2]);
  }
  if (id === chosen) drawRing(context, atX, atY, RADIUS + 7, colours.ink, []);
}

function drawShape(context: CanvasRenderingContext2D, shape: Band['shape'], x: number, y: number): void {
  context.beginPath();
  if (shape === 'circle') context.arc(x, y, RADIUS, 0, 2 * Math.PI);
  else if (shape === 'square') context.rect(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS);
  else if (shape === 'triangle') {
    context.moveTo(x, y - RADIUS - 1);
    context.lineTo(x + RADIUS + 1, y + RADIUS);
    context.lineTo(x - RADIUS - 1, y + RADIUS);
    context.closePath();
  } else {
    context.lineWidth = 2.5;
    drawLine(context, x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS);
    drawLine(context, x + RADIUS, y - RADIUS, x - RADIUS, y + RADIUS);
    context.lineWidth = 1.2;
    return;
  }
  context.fill();
}

function drawLine(context: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

function drawRing(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  colour: string,
  dash: number[],
): void {
  context.strokeStyle = colour;
  context.setLineDash(dash);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
  context.setLineDash([]);
}
