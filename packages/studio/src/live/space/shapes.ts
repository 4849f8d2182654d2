import { BoxGeometry, ConeGeometry, SphereGeometry, type BufferGeometry } from 'three';
import { mergeGeometries } from 'three/addons/utils/BufferGeometryUtils.js';
import type { Band } from '../band.js';

/** The body of a band, of radius 1: the shapes of the plan, in space. */
export function shapeOf(shape: Band['shape']): BufferGeometry {
  if (shape === 'circle') return new SphereGeometry(1, 10, 7);
  if (shape === 'triangle') return new ConeGeometry(1.15, 2, 8);
  if (shape === 'square') return new BoxGeometry(1.7, 1.7, 1.7);
  const bars = [Math.PI / 4, -Math.PI / 4].map((angle) => new BoxGeometry(0.5, 2.6, 0.5).rotateZ(angle));
  const cross = mergeGeometries(bars);
  for (const bar of bars) bar.dispose();
  return cross;
}
