import { MetaloreError } from '@metalore/core/errors';

/**
 * The live twins, loaded when they are asked for: their store is native code, which the Python package does not bring.
 *
 * @throws MetaloreError they are not installed
 */
export async function loadLive(): Promise<typeof import('@metalore/live')> {
  try {
    return await import('@metalore/live');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const hint = 'they come with the npm package, not with the Python one: npm install metalore';
    throw new MetaloreError('live twins are not installed here', { hint, cause: error });
  }
}
