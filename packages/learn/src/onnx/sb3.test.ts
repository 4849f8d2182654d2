import { readdirSync, readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import expected from '../../fixtures/sb3/expected.json' with { type: 'json' };
import { ProtobufWriter, readFields } from '../protobuf/protobuf.js';
import { withExternalData } from './external-data.js';
import { onnxPolicy, type OnnxPolicyOptions } from './policy.js';

const FOLDER = new URL('../../fixtures/sb3/', import.meta.url);
const read = (name: string) => new Uint8Array(readFileSync(new URL(name, FOLDER)));
const features = ['request-queue-jobs', 'update-queue-jobs'];

/** What a policy answers to the observations of the fixtures, in order. */
async function answers(bytes: Uint8Array, options: Partial<OnnxPolicyOptions> = {}): Promise<number[][]> {
  const policy = await onnxPolicy(bytes, 'model.onnx', { features, ...options });
  return expected.observations.map((observation) => {
    const action = new Float64Array(2);
    policy.act(Float64Array.from(observation), 0, action, 0, 0);
    return [...action];
  });
}

function expectClose(actual: readonly number[][], wanted: readonly number[][]): void {
  expect(actual).toHaveLength(wanted.length);
  actual.flat().forEach((value, i) => expect(Math.abs(value - wanted.flat()[i])).toBeLessThan(1e-6));
}

const exports = readdirSync(FOLDER).filter((name) =>
  /^(ppo-whole|ppo-action|sac-actor)-\d+\.onnx$/.test(name),
);

describe('exports of Stable-Baselines3', () => {
  it('are of three kinds in six opsets', () => expect(exports).toHaveLength(18));

  it.each(exports)('%s answers as torch and ONNX Runtime do to 1e-6', async (name) => {
    const bytes = read(name);
    const own = await answers(bytes);
    const kind = name.replace(/-\d+\.onnx$/, '') as keyof typeof expected.actions;
    expectClose(own, expected.actions[kind]);
    const session = await InferenceSession.create(bytes);
    for (const [row, observation] of expected.observations.entries()) {
      const results = await session.run({ input: new Tensor('float32', observation, [1, 2]) });
      expectClose([own[row]], [[...(results[session.outputNames[0]].data as Float32Array)]]);
    }
    await session.release();
  });

  it('that squash are mapped from their range to shares', async () => {
    const shares = await answers(read('sac-actor-17.onnx'), { actionRange: [-1, 1] });
    const wanted = expected.actions['sac-actor'].map((action) => action.map((x) => (x + 1) / 2));
    expectClose(shares, wanted);
  });

  it("with two outputs of the action's shape ask which", async () => {
    const bytes = read('sac-gaussian-17.onnx');
    await expect(answers(bytes)).rejects.toThrow(/both have an action's shape: say which with --output/);
    const session = await InferenceSession.create(bytes);
    const [mean] = session.outputNames;
    expectClose(await answers(bytes, { output: mean }), expected.actions['sac-gaussian']);
    await expect(answers(bytes, { output: 'mu' })).rejects.toThrow(/"mu" is not there; it gives /);
  });

  it('whose sizes do not fit are refused with both', async () => {
    const bytes = read('ppo-whole-17.onnx');
    await expect(answers(bytes, { features: ['cell'] })).rejects.toThrow(
      'input: "input" takes 2 numbers ([1 × 2]); the observation has 1: cell',
    );
    const session = await InferenceSession.create(bytes);
    await expect(answers(bytes, { output: session.outputNames[1] })).rejects.toThrow(
      /is none of an action's size: .* an action has 2 numbers, ρC and ρP/,
    );
  });
});

describe('tensors in a file beside the model', () => {
  const model = read('ppo-beside.onnx');

  it('are taken in', async () => {
    const asked: string[] = [];
    const whole = withExternalData(model, 'ppo-beside.onnx', (name) => {
      asked.push(name);
      return read(name);
    });
    expect(asked).toEqual(['ppo-beside.onnx.data']);
    expectClose(await answers(whole), expected.actions['ppo-action']);
  });

  it('are not looked for in other folders, nor beyond the end', () => {
    for (const location of ['../secret', '/etc/passwd', 'C:\\secret', 'sub/x.data', '..', '']) {
      const moved = withLocation(model, location);
      const neighbour = () => expect.fail('no file may be read');
      expect(() => withExternalData(moved, 'x.onnx', neighbour)).toThrow(
        /only a file beside the model is read/,
      );
    }
    expect(() => withExternalData(model, 'x.onnx', () => new Uint8Array(8))).toThrow(
      /is bytes \d+ to \d+ of ppo-beside.onnx.data, which has 8/,
    );
  });

  it('are left alone where there are none', () => {
    const bytes = read('ppo-action-17.onnx');
    expect(withExternalData(bytes, 'x.onnx', () => expect.fail())).toBe(bytes);
  });
});

describe('metadata', () => {
  it.each(['not JSON', '{}', '[]', '[1]'])('of features that are %s is refused', async (text) => {
    const entry = new ProtobufWriter().string(1, 'features').string(2, text);
    const bytes = new ProtobufWriter().encoded(read('ppo-action-17.onnx')).message(14, entry).finish();
    await expect(answers(bytes)).rejects.toThrow('is no JSON list of names of features');
  });
});

/** The model with its first tensor said to be elsewhere. */
function withLocation(bytes: Uint8Array, location: string): Uint8Array {
  const rewrite = (message: Uint8Array, path: readonly number[]): Uint8Array => {
    const [number, ...rest] = path;
    const writer = new ProtobufWriter();
    for (const field of readFields(message)) {
      if (field.number !== number) writer.encoded(field.encoded);
      else if (rest.length > 0) writer.bytes(number, rewrite(field.bytes, rest));
      else writer.message(number, new ProtobufWriter().string(1, 'location').string(2, location));
    }
    return writer.finish();
  };
  return rewrite(bytes, [7, 5, 13]);
}
