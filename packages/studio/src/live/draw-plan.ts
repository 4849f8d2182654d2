import type { Colours } from '../shared/theme.svelte.js';
import type { Band } from './band.js';
import type { Place } from './scene.js';

/** A thing on the plan. */
export interface PlanThing {
  readonly id: string;
  readonly place: Place;
  readonly truth: Place | undefined;
  readonly band: Band;
  readonly isAlarmed: boolean;
}

/** From metres to pixels. */
export interface Projection {
  x(xM: number): number;
  y(yM: number): number;
}

const MARGIN = 18;
const RADIUS = 5;

/** A projection that shows every place, in one scale for both axes. */
export function projectionOf(places: Iterable<Place>, width: number, height: number): Projection {
  let [west, east, south, north] = [0, 1, 0, 1];
  let isFirst = true;
  for (const { xM, yM } of places) {
    if (isFirst) [west, east, south, north] = [xM, xM, yM, yM];
    isFirst = false;
    west = Math.min(west, xM);
    east = Math.max(east, xM);
    south = Math.min(south, yM);
    north = Math.max(north, yM);
  }
  const span = (from: number, to: number) => Math.max(1, to - from);
  const scale = Math.min((width - 2 * MARGIN) / span(west, east), (height - 2 * MARGIN) / span(south, north));
  const [left, bottom] = [(width - scale * (east - west)) / 2, (height - scale * (north - south)) / 2];
  return { x: (xM) => left + scale * (xM - west), y: (yM) => height - bottom - scale * (yM - south) };
}

export function drawPlan(
  context: CanvasRenderingContext2D,
  things: readonly PlanThing[],
  chosen: string,
  { x, y }: Projection,
  colours: Colours,
): void {
  context.lineWidth = 1.2;
  context.strokeStyle = colours.muted;
  for (const { place, truth } of things) {
    if (truth === undefined) continue;
    context.beginPath();
    context.moveTo(x(place.xM), y(place.yM));
    context.lineTo(x(truth.xM), y(truth.yM));
    context.stroke();
    context.beginPath();
    context.arc(x(truth.xM), y(truth.yM), RADIUS, 0, 2 * Math.PI);
    context.stroke();
  }
  for (const { id, place, band, isAlarmed } of things) {
    const [atX, atY] = [x(place.xM), y(place.yM)];
    context.fillStyle = context.strokeStyle = colours.theme === 'dark' ? band.darkColour : band.colour;
    drawShape(context, band.shape, atX, atY);
    if (isAlarmed) drawRing(context, atX, atY, RADIUS + 4, colours.ink, [3, 2]);
    if (id === chosen) drawRing(context, atX, atY, RADIUS + 7, colours.ink, []);
  }
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
    context.moveTo(x - RADIUS, y - RADIUS);
    context.lineTo(x + RADIUS, y + RADIUS);
    context.moveTo(x + RADIUS, y - RADIUS);
    context.lineTo(x - RADIUS, y + RADIUS);
    context.lineWidth = 2.5;
    context.stroke();
    context.lineWidth = 1.2;
    return;
  }
  context.fill();
}

function drawRing(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  colour: string,
  dash: number[],
): void {
  context.save();
  context.strokeStyle = colour;
  context.setLineDash(dash);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
  context.restore();
}
