import { createHash } from 'node:crypto';
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/**
 * Of what is mutated: one in so many of the outermost functions, and of the fields of classes that are not in one, those that
 * seed and text choose.
 */
const seed = process.env.MUTATION_SEED ?? '1';
const oneIn = Number(process.env.MUTATION_ONE_IN ?? '1');

const isUnit = (path) => path.isFunction() || path.isClassProperty() || path.isClassPrivateProperty();

export const sample = {
  shouldIgnore(path) {
    if (!isUnit(path) || path.findParent(isUnit) !== null) return undefined;
    const hash = createHash('sha256').update(`${seed}\n${path.toString()}`).digest();
    return hash.readUInt32BE(0) % oneIn === 0 ? undefined : 'not in the sample';
  },
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'sample', sample)];
