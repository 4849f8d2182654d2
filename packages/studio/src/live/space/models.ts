import { Box3, LoadingManager, Matrix4, Mesh, Vector3, type Group, type Object3D } from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { ask, askBytes, type Server } from '../thing-data.js';
import { Instances } from './instances.js';

/** A model, in parts that are drawn many times. */
interface Model {
  readonly parts: readonly Instances[];
  /** Of the model as it is drawn, m. */
  readonly heightM: number;
  /** Its largest extent as it was made, m. */
  readonly extentM: number;
}

/** Models that a model may have in its file: beyond, it is drawn as a simple body. */
const MOST_PARTS = 200;

/** Bodies by a thing's definition, as the server has models for them (`metalore live --models`). */
export class Models {
  readonly #models = new Map<string, Model>();
  #names: ReadonlySet<string> = new Set();
  /** Definitions whose model is on its way, is not there, or cannot be drawn. */
  readonly #asked = new Set<string>();

  /** @param onFault told why a model is not shown */
  constructor(
    readonly root: Group,
    readonly server: Server,
    readonly onFault: (message: string) => void,
  ) {}

  /** Asks which models there are. */
  async start(): Promise<void> {
    try {
      this.#names = new Set(await ask<string[]>(this.server, 'api/live/models'));
    } catch (error) {
      this.onFault((error as Error).message);
    }
  }

  /**
   * Puts a thing's model at a place, standing on the ground.
   *
   * @param bodyM radius of a simple body: a model is at least as large
   * @returns how high it is, m; 0 while there is none
   */
  put(definition: string, x: number, z: number, bodyM: number): number {
    const model = this.#models.get(definition);
    if (model === undefined) {
      this.#load(definition);
      return 0;
    }
    const scale = Math.max(1, (2 * bodyM) / model.extentM);
    for (const part of model.parts) part.put(x, 0, z, scale);
    return model.heightM * scale;
  }

  begin(): void {
    for (const { parts } of this.#models.values()) for (const part of parts) part.begin();
  }

  end(): void {
    for (const { parts } of this.#models.values()) for (const part of parts) part.end();
  }

  dispose(): void {
    for (const { parts } of this.#models.values()) for (const part of parts) part.dispose();
    this.#models.clear();
  }

  #load(definition: string): void {
    const name = definition.replaceAll(':', '_');
    if (this.#asked.has(definition) || !this.#names.has(name)) return;
    this.#asked.add(definition);
    askBytes(this.server, `api/live/models/${encodeURIComponent(name)}`)
      .then(async (bytes) => {
        const model = modelOf(this.root, await readGltf(bytes));
        this.#models.set(definition, model);
      })
      .catch((error: unknown) => this.onFault(`model ${definition}: ${(error as Error).message}`));
  }
}

/** Reads a file that holds all it needs: nothing is fetched for it. */
async function readGltf(bytes: ArrayBuffer): Promise<Object3D> {
  const manager = new LoadingManager();
  manager.setURLModifier((url) => {
    if (url.startsWith('blob:')) return url;
    throw new Error('it asks for another file');
  });
  const { scene } = await new GLTFLoader(manager).parseAsync(bytes, '');
  return scene;
}

function modelOf(root: Group, gltf: Object3D): Model {
  gltf.updateMatrixWorld(true);
  const box = new Box3().setFromObject(gltf);
  const size = box.getSize(new Vector3());
  const extentM = Math.max(size.x, size.y, size.z);
  if (!Number.isFinite(extentM) || extentM <= 0) throw new Error('it has no extent');
  const middle = box.getCenter(new Vector3());
  const toGround = new Matrix4().makeTranslation(-middle.x, -box.min.y, -middle.z);
  const meshes: Mesh[] = [];
  gltf.traverse((part) => {
    if (part instanceof Mesh) meshes.push(part);
  });
  if (meshes.length === 0 || meshes.length > MOST_PARTS) throw new Error(`it has ${meshes.length} parts`);
  const parts = meshes.map(({ geometry, material, matrixWorld }) => {
    const placed = geometry.clone().applyMatrix4(new Matrix4().multiplyMatrices(toGround, matrixWorld));
    return new Instances(root, placed, material);
  });
  for (const part of parts) {
    part.begin();
    part.end();
  }
  return { parts, heightM: size.y, extentM };
}
