import { InfeasibleError, InvalidInputError } from '@metalore/core/errors';
import { parseReputationInstance } from '@metalore/core/lifecycle';
import { parsePartitionInstance, solvePartition } from '@metalore/core/partition';
import { drawInstance as drawProviders } from '@metalore/core/provider';
import { parseSensingInstance } from '@metalore/core/sensing';
import { parseInstance, solveOptimal } from '@metalore/core/urllc';
import { exportOnnx, onnxPolicy, readOnnx } from '@metalore/learn/onnx';
import { parsePolicyDocument } from '@metalore/learn/policy-file';
import { describe, expect, it } from 'vitest';
import { documentOf, withoutKind } from './seeds.js';

const sensing = documentOf('sensing') as { positions: number[]; sources: object[] };
const withSource = (change: object) => ({ ...sensing, sources: [{ ...sensing.sources[0], ...change }] });

/** Inputs that `npm run fuzz` found: they hung, ended in a stack trace, or came to what is no number. */
describe('what a search found', () => {
  it.each<[what: string, take: () => unknown]>([
    [
      'two milliards of providers',
      () => parseReputationInstance({ now: 1, producers: 3, providers: 2 ** 31, interactions: [] }),
    ],
    ['ten million tasks', () => drawProviders({ seed: 1, tasks: 1e7 })],
    ['two million providers', () => drawProviders({ seed: 1, providers: 2e6 })],
    ['a source of 1e300 dB', () => parseSensingInstance(withSource({ snrDb: 1e300 }))],
    ['a source at 1e300 wavelengths', () => parseSensingInstance(withSource({ rangeLambda: 1e300 }))],
    [
      'an antenna at 1e300 wavelengths',
      () => parseSensingInstance({ ...sensing, positions: [0, 0.5, 1, 1e300] }),
    ],
    [
      '1e300 sensors',
      () => parsePartitionInstance({ ...(documentOf('city') as object), constants: { sensors: 1e300 } }),
    ],
  ])('%s are refused with their place', (_what, take) => {
    expect(take).toThrow(InvalidInputError);
    expect(take).toThrow(/: /);
  });

  it('a partition whose time is no number is infeasible, with its cause', () => {
    const city = documentOf('city') as { servers: object[]; constants: object };
    const instance = parsePartitionInstance({
      ...city,
      servers: city.servers.map((server, b) => (b === 0 ? { ...server, computeHz: 1e-12 } : server)),
      constants: { ...city.constants, sensorVolumeM3: 1e300 },
    });
    expect(() => solvePartition(instance, { lowerBound: false })).toThrow(InfeasibleError);
    expect(() => solvePartition(instance, { lowerBound: false })).toThrow(/too large together/);
  });

  it('a task of 1e-300 bit has a bound that is a number', () => {
    const instance = withoutKind(documentOf('urllc-m6')) as { ue: object[] };
    const ue = instance.ue.map((device, m) => (m === 1 ? { ...device, D: 1e-300 } : device));
    const { totalMs, lowerBoundMs, status } = solveOptimal(parseInstance({ ...instance, ue }));
    expect(lowerBoundMs).toBeGreaterThanOrEqual(0);
    expect(lowerBoundMs).toBeLessThanOrEqual(totalMs);
    expect(['optimal', 'feasible']).toContain(status);
  });

  it('an ONNX model that names a tensor that is not there, or features that are no JSON, is refused', async () => {
    const bytes = Buffer.from(exportOnnx(parsePolicyDocument(documentOf('policy'), 'policy')));
    const read = (changed: Uint8Array) => onnxPolicy(changed, 'x.onnx', { features: ['a', 'b'] });
    expect((await read(bytes)).features).toEqual(['request-queue-length', 'update-queue-length']);
    const replaced = (from: string, to: string) => {
      const at = bytes.indexOf(from);
      expect(at).toBeGreaterThan(0);
      const changed = Uint8Array.from(bytes);
      changed.set(Buffer.from(to), at);
      return changed;
    };
    await expect(read(replaced('["request', 'x"request'))).rejects.toThrow(
      /no JSON list of names of features/,
    );
    const [first] = readOnnx(bytes, 'x.onnx').nodes;
    const name = first.inputs.at(-1)!;
    await expect(read(replaced(name, 'x'.repeat(name.length)))).rejects.toThrow(/which is not there/);
  });
});
