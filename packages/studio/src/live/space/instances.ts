import { DynamicDrawUsage, InstancedMesh, type BufferGeometry, type Material, type Object3D } from 'three';

const FIRST_CAPACITY = 64;

/** Many copies of one body, drawn at once. Grows as it is filled; nothing is made anew while it has room. */
export class Instances {
  #mesh: InstancedMesh;
  #count = 0;

  constructor(
    readonly parent: Object3D,
    readonly geometry: BufferGeometry,
    readonly material: Material | Material[],
  ) {
    this.#mesh = this.#make(FIRST_CAPACITY);
  }

  begin(): void {
    this.#count = 0;
  }

  /** Puts a copy at a place, as wide and as high as it is said. */
  put(x: number, y: number, z: number, scale: number, scaleY = scale): void {
    if (this.#count === this.#mesh.instanceMatrix.count) this.#grow();
    const { array } = this.#mesh.instanceMatrix;
    const at = 16 * this.#count++;
    array.fill(0, at, at + 16);
    array[at] = array[at + 10] = scale;
    array[at + 5] = scaleY;
    array[at + 12] = x;
    array[at + 13] = y;
    array[at + 14] = z;
    array[at + 15] = 1;
  }

  end(): void {
    this.#mesh.count = this.#count;
    this.#mesh.visible = this.#count > 0;
    this.#mesh.instanceMatrix.needsUpdate = true;
  }

  dispose(): void {
    this.parent.remove(this.#mesh);
    this.#mesh.dispose();
    this.geometry.dispose();
  }

  #make(capacity: number): InstancedMesh {
    const mesh = new InstancedMesh(this.geometry, this.material, capacity);
    mesh.instanceMatrix.setUsage(DynamicDrawUsage);
    mesh.frustumCulled = false; // its bounds would have to be found anew in every frame
    this.parent.add(mesh);
    return mesh;
  }

  #grow(): void {
    const full = this.#mesh;
    this.#mesh = this.#make(2 * full.instanceMatrix.count);
    this.#mesh.instanceMatrix.array.set(full.instanceMatrix.array);
    this.parent.remove(full);
    full.dispose();
  }
}
