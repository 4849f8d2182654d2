import { WHOLE, type Sight } from './sight.js';

/** From metres to pixels: the area fits, its ratio stays, y goes up. */
export interface Projection {
  readonly scale: number;
  readonly left: number;
  readonly bottom: number;
  /** Size of marks: smaller on a small map. */
  readonly mark: number;
  /** Against what shows the whole area. */
  readonly zoom: number;
  /** Where the map is seen, px. */
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
  x(metres: number): number;
  y(metres: number): number;
}

/** Room for the axes, px. */
const MARGIN = { left: 48, right: 16, top: 10, bottom: 24 };

export function projectionOf(
  area: { readonly widthM: number; readonly heightM: number },
  width: number,
  height: number,
  { zoom, x: middleX, y: middleY }: Sight = WHOLE,
): Projection {
  const fitting = Math.min(
    (width - MARGIN.left - MARGIN.right) / area.widthM,
    (height - MARGIN.top - MARGIN.bottom) / area.heightM,
  );
  const box = {
    left: MARGIN.left + (width - MARGIN.left - MARGIN.right - fitting * area.widthM) / 2,
    top: MARGIN.top,
    width: fitting * area.widthM,
    height: fitting * area.heightM,
  };
  const scale = fitting * zoom;
  const left = box.left + box.width / 2 - middleX * area.widthM * scale;
  const bottom = box.top + box.height / 2 + middleY * area.heightM * scale;
  const mark = Math.min(1, Math.max(0.6, (fitting * Math.max(area.widthM, area.heightM)) / 340));
  return {
    scale,
    left,
    bottom,
    mark,
    zoom,
    box,
    x: (metres) => left + metres * scale,
    y: (metres) => bottom - metres * scale,
  };
}
