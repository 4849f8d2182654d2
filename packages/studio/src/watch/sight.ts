/** What is seen of a map. */
export interface Sight {
  /** 1: the whole area. */
  readonly zoom: number;
  /** Its middle, as fractions of the area's width and height. */
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Sight = { zoom: 1, x: 0.5, y: 0.5 };
const MOST = 40;

/** Within the area, and not closer than makes sense. */
function bounded({ zoom, x, y }: Sight): Sight {
  const closer = Math.min(MOST, Math.max(1, zoom));
  const half = 0.5 / closer;
  const inside = (value: number) => Math.min(1 - half, Math.max(half, value));
  return { zoom: closer, x: inside(x), y: inside(y) };
}

/** Closer by a factor; the place at (u, v), fractions of what is seen from the south-west, stays where it is. */
export function zoomed(sight: Sight, factor: number, u = 0.5, v = 0.5): Sight {
  const zoom = Math.min(MOST, Math.max(1, sight.zoom * factor));
  const shift = 1 / sight.zoom - 1 / zoom;
  return bounded({ zoom, x: sight.x + (u - 0.5) * shift, y: sight.y + (v - 0.5) * shift });
}

/** Moved by fractions of what is seen. */
export function moved(sight: Sight, right: number, up: number): Sight {
  return bounded({ ...sight, x: sight.x + right / sight.zoom, y: sight.y + up / sight.zoom });
}
