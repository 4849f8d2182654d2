import { BoxGeometry, Color, Mesh, MeshStandardMaterial, Scene as Space } from 'three';
import { GLTFExporter } from 'three/addons/exporters/GLTFExporter.js';
import { BANDS } from '../band.js';
import type { Scene } from '../scene.js';
import { shapeOf } from './shapes.js';
import type { World } from './world.js';

/**
 * The moment that is shown as a binary glTF file: a node for each thing, by its id, coloured and shaped by its staleness, with
 * age, band and measured time as extras.
 */
export async function exportScene(scene: Scene, world: World): Promise<Blob> {
  const space = new Space();
  space.name = 'sub-metaverse';
  const now = scene.now();
  space.userData = { now: new Date(now).toISOString(), things: scene.shown.size };
  const bodies = new Map(
    BANDS.map((band) => [band, { geometry: shapeOf(band.shape), material: materialOf(band.colour) }]),
  );
  for (const thing of scene.shown.values()) {
    if (thing.place === undefined) continue;
    const band = scene.bandOf(thing, now);
    const { geometry, material } = bodies.get(band)!;
    const mesh = new Mesh(geometry, material);
    mesh.name = thing.id;
    mesh.position.set(world.x(thing.place.xM), world.bodyM, world.z(thing.place.yM));
    mesh.scale.setScalar(world.bodyM);
    const ageS = scene.ageS(thing, now);
    mesh.userData = { band: band.name, ageS: Number.isNaN(ageS) ? null : ageS, measured: thing.shown.t };
    space.add(mesh);
  }
  if (scene.cell !== null) {
    const { xM, yM, heightM } = scene.cell;
    const mast = new Mesh(new BoxGeometry(0.01, 1, 0.01).translate(0, 0.5, 0), materialOf('#5c6770'));
    mast.name = 'base station';
    mast.position.set(world.x(xM), 0, world.z(yM));
    mast.scale.set(world.extentM, heightM, world.extentM);
    space.add(mast);
  }
  const bytes = (await new GLTFExporter().parseAsync(space, { binary: true })) as ArrayBuffer;
  return new Blob([bytes], { type: 'model/gltf-binary' });
}

const materialOf = (colour: string) => new MeshStandardMaterial({ color: new Color(colour), roughness: 0.7 });
