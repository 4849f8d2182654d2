import type { MapScene } from './map-scene.js';
import type { Projection } from './projection.js';

/** Length of a tail per step of age, and of the longest, px. */
const STEP = 2.2;
const LONGEST = 60;

/**
 * What the twin believes: over each sensor the state that it knows, as a ring, with a tail as long as that is old. Red where
 * it is older than the limit; a cross where it has never heard of the sensor.
 */
export function drawTwin(
  context: CanvasRenderingContext2D,
  { run, colours, believedFor = Infinity }: MapScene,
  p: Projection,
  few: boolean,
): void {
  const { x, y, link } = run.sensors;
  const size = (few ? 8 : 3) * p.mark;
  for (const tooOld of [false, true]) {
    context.beginPath();
    for (let sensor = 0; sensor < x.length; sensor++) {
      const age = link[sensor];
      if (age < 0 || age > believedFor !== tooOld) continue;
      const [left, top] = [p.x(x[sensor]), p.y(y[sensor])];
      if (few) {
        context.moveTo(left + size, top);
        context.arc(left, top, size, 0, 2 * Math.PI);
      }
      context.moveTo(left, top - size);
      context.lineTo(left, top - size - Math.min(LONGEST, age * STEP) * (few ? 1 : 0.5));
    }
    context.strokeStyle = tooOld ? colours.bad : colours.ink;
    context.lineWidth = tooOld ? 2 : 1.2;
    context.stroke();
  }
  context.beginPath();
  for (let sensor = 0; sensor < x.length; sensor++) {
    if (link[sensor] >= 0) continue;
    const [left, top] = [p.x(x[sensor]), p.y(y[sensor])];
    context.moveTo(left - size, top - size);
    context.lineTo(left + size, top + size);
    context.moveTo(left + size, top - size);
    context.lineTo(left - size, top + size);
  }
  context.strokeStyle = colours.bad;
  context.stroke();
}

/** Sensors of which the twin knows nothing newer than the limit, with those it never heard of. */
export function tooOld({ sensors }: MapScene['run'], limit: number): number {
  return sensors.link.reduce((count, age) => count + (age < 0 || age > limit ? 1 : 0), 0);
}
