import { Matrix4, Vector3, type WebGLRenderer } from 'three';
import type { World } from './world.js';

/** On a table before us: as wide as this, so high above the floor, so far away, m. */
const TABLE_M = 1.6;
const TABLE_HEIGHT_M = 0.8;
const TABLE_DISTANCE_M = 1.4;

/** Whether this browser can show the scene in a headset. */
export async function hasHeadset(): Promise<boolean> {
  try {
    return (await navigator.xr?.isSessionSupported('immersive-vr')) === true;
  } catch {
    return false; // a policy forbids to ask
  }
}

/**
 * Shows the world on a table in a headset, until its session ends.
 *
 * @param onSelect told where a controller pointed as its trigger was pulled, in the world's metres
 * @param onEnd told when we are back
 */
export async function enterHeadset(
  renderer: WebGLRenderer,
  world: World,
  onSelect: (from: Vector3, direction: Vector3) => void,
  onEnd: () => void,
): Promise<XRSession> {
  const session = await navigator.xr!.requestSession('immersive-vr', {
    optionalFeatures: ['local-floor', 'hand-tracking'],
  });
  const { root } = world;
  const scale = TABLE_M / world.extentM;
  root.scale.setScalar(scale);
  root.position.set(0, TABLE_HEIGHT_M, -TABLE_DISTANCE_M);
  const controllers = [0, 1].map((index) => {
    const controller = renderer.xr.getController(index);
    const select = () => {
      const toRoot = new Matrix4().copy(root.matrixWorld).invert();
      const from = new Vector3().setFromMatrixPosition(controller.matrixWorld);
      const ahead = new Vector3(0, 0, -1).applyMatrix4(controller.matrixWorld);
      from.applyMatrix4(toRoot);
      onSelect(from, ahead.applyMatrix4(toRoot).sub(from).normalize());
    };
    controller.addEventListener('select', select);
    world.space.add(controller);
    return { controller, select };
  });
  session.addEventListener('end', () => {
    for (const { controller, select } of controllers) {
      controller.removeEventListener('select', select);
      world.space.remove(controller);
    }
    root.scale.setScalar(1);
    root.position.set(0, 0, 0);
    renderer.xr.enabled = false;
    onEnd();
  });
  renderer.xr.enabled = true;
  await renderer.xr.setSession(session);
  return session;
}
