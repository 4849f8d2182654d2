import {
  BoxGeometry,
  BufferAttribute,
  ConeGeometry,
  OctahedronGeometry,
  Vector3,
  type BufferGeometry,
} from 'three';
import { mergeGeometries } from 'three/addons/utils/BufferGeometryUtils.js';
import type { Band } from '../band.js';

/** Where the light comes from, and how dark the side away from it is. */
const LIGHT = new Vector3(0.4, 0.8, 0.45).normalize();
const DARKEST = 0.55;

/** The body of a band, of radius 1: the shapes of the plan, in space, of few faces, as there may be thousands. */
export function shapeOf(shape: Band['shape']): BufferGeometry {
  if (shape === 'circle') return new OctahedronGeometry(1, 1);
  if (shape === 'triangle') return new ConeGeometry(1.15, 2, 6);
  if (shape === 'square') return new BoxGeometry(1.7, 1.7, 1.7);
  const bars = [Math.PI / 4, -Math.PI / 4].map((angle) => new BoxGeometry(0.5, 2.6, 0.5).rotateZ(angle));
  const cross = mergeGeometries(bars);
  for (const bar of bars) bar.dispose();
  return cross;
}

/** Paints the light onto a body: none is turned, so no light has to be reckoned for each. */
export function shaded(geometry: BufferGeometry): BufferGeometry {
  const normals = geometry.getAttribute('normal');
  const shades = new Float32Array(3 * normals.count);
  const normal = new Vector3();
  for (let at = 0; at < normals.count; at++) {
    const light = (1 + normal.fromBufferAttribute(normals, at).dot(LIGHT)) / 2;
    shades.fill(DARKEST + (1 - DARKEST) * light, 3 * at, 3 * at + 3);
  }
  geometry.setAttribute('color', new BufferAttribute(shades, 3));
  return geometry;
}
