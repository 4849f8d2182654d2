import {
  BufferAttribute,
  BufferGeometry,
  DynamicDrawUsage,
  LineSegments,
  type LineBasicMaterial,
  type Object3D,
} from 'three';

const FIRST_CAPACITY = 128;
const NUMBERS = 6;

/** Many lines of one colour, drawn at once. */
export class Lines {
  readonly #geometry = new BufferGeometry();
  readonly #segments: LineSegments;
  #places = new Float32Array(NUMBERS * FIRST_CAPACITY);
  #count = 0;

  constructor(
    readonly parent: Object3D,
    readonly material: LineBasicMaterial,
  ) {
    this.#attach();
    this.#segments = new LineSegments(this.#geometry, material);
    this.#segments.frustumCulled = false;
    parent.add(this.#segments);
  }

  begin(): void {
    this.#count = 0;
  }

  put(x: number, y: number, z: number, toX: number, toY: number, toZ: number): void {
    if (NUMBERS * this.#count === this.#places.length) this.#grow();
    const at = NUMBERS * this.#count++;
    const places = this.#places;
    places[at] = x;
    places[at + 1] = y;
    places[at + 2] = z;
    places[at + 3] = toX;
    places[at + 4] = toY;
    places[at + 5] = toZ;
  }

  end(): void {
    this.#geometry.setDrawRange(0, 2 * this.#count);
    this.#geometry.attributes.position!.needsUpdate = true;
  }

  dispose(): void {
    this.parent.remove(this.#segments);
    this.#geometry.dispose();
  }

  #attach(): void {
    const attribute = new BufferAttribute(this.#places, 3);
    attribute.setUsage(DynamicDrawUsage);
    this.#geometry.setAttribute('position', attribute);
  }

  #grow(): void {
    const full = this.#places;
    this.#places = new Float32Array(2 * full.length);
    this.#places.set(full);
    this.#geometry.dispose(); // a buffer on the card cannot grow
    this.#attach();
  }
}
