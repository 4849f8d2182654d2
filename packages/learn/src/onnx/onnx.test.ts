import { RandomStream } from '@metalore/core/random';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { createActor } from '../policy-file/actor.js';
import { ForwardChain } from '../policy-file/chain.js';
import type { DiffusionModel, PolicyDocument } from '../policy-file/document.js';
import { ProtobufWriter } from '../protobuf/protobuf.js';
import { exportOnnx } from './export.js';
import { readOnnx } from './model.js';
import { plainProgram } from './plain.js';
import { onnxPolicy } from './policy.js';

const stream = new RandomStream(7, 'onnx test');
const normals = (count: number) => Array.from({ length: count }, () => stream.normal());

const document = (model: PolicyDocument['model']): PolicyDocument => ({
  format: 'metalore-policy',
  version: 1,
  name: 'test',
  features: ['request-queue-jobs', 'update-queue-jobs'],
  actions: { names: ['rhoC', 'rhoP'], low: [0, 0.1], high: [1, 0.9] },
  model,
  training: {},
});

const layers = [
  { weights: Array.from({ length: 16 }, () => normals(2)), biases: normals(16) },
  { weights: Array.from({ length: 2 }, () => normals(16).map((x) => 0.3 * x)), biases: normals(2) },
];
const moments = { mean: [12, 30], variance: [90, 400] };

const models: Record<string, PolicyDocument['model']> = {
  squashed: {
    kind: 'network',
    encoding: { scale: 'linear', moments },
    layers,
    activation: 'tanh',
    head: { kind: 'squashed', logStd: [0, 0] },
  },
  clipped: {
    kind: 'network',
    encoding: { scale: 'log', moments: null },
    layers,
    activation: 'tanh',
    head: { kind: 'clipped', logStd: [0, 0] },
  },
  'squashed, with Mish': {
    kind: 'network',
    encoding: { scale: 'linear', moments },
    layers,
    activation: 'mish',
    head: { kind: 'squashed', logStd: [0, 0] },
  },
  linear: { kind: 'linear-sigmoid', weights: [normals(5), normals(5)] },
};

const observations = Float64Array.from({ length: 400 }, () => Math.floor(200 * stream.uniform() ** 3));

describe.each(Object.entries(models))('%s policy as ONNX', (_, model) => {
  const policy = document(model);
  const bytes = exportOnnx(policy);
  const expected = new Float64Array(400);
  const actor = createActor(policy);
  for (let row = 0; row < 200; row++) actor.act(observations, 2 * row, expected, 2 * row);

  it('gives the same splits in ONNX Runtime to 1e-5', async () => {
    const session = await InferenceSession.create(bytes);
    const batch = new Tensor('float32', Float32Array.from(observations), [200, 2]);
    const { action } = await session.run({ observation: batch });
    const values = action.data as Float32Array;
    for (let i = 0; i < 400; i++) expect(Math.abs(values[i] - expected[i])).toBeLessThan(1e-5);
    expect(new Set(values).size).toBeGreaterThan(50);
  });

  it('gives the same splits in our own interpreter to 1e-5', async () => {
    expect(plainProgram(readOnnx(bytes, 'test.onnx'), [1, 2])).toBeDefined();
    const onnx = await onnxPolicy(bytes, 'test.onnx', { features: [] });
    expect(onnx.features).toEqual(policy.features);
    const action = new Float64Array(400);
    for (let row = 0; row < 200; row++) onnx.act(observations, 2 * row, action, 2 * row, 0);
    for (let i = 0; i < 400; i++) expect(Math.abs(action[i] - expected[i])).toBeLessThan(1e-5);
  });
});

describe('a denoising chain as ONNX', () => {
  const chain = (prediction: 'sample' | 'noise', head: 'box' | 'categorical') => {
    const actions =
      head === 'box'
        ? { names: ['a', 'b'], low: [0, 0.1], high: [1, 0.9] }
        : { n: 2, names: ['a', 'b'], masked: false };
    const wide = [
      { weights: Array.from({ length: 16 }, () => normals(20).map((x) => 0.3 * x)), biases: normals(16) },
      layers[1],
    ];
    const model = {
      kind: 'diffusion' as const,
      encoding: { scale: 'linear' as const, moments },
      layers: wide,
      activation: 'mish' as const,
      steps: 5,
      prediction,
      bounded: true,
      head: { kind: head },
    };
    return { ...document(model), actions };
  };

  it.each([
    ['sample', 'box'],
    ['noise', 'box'],
    ['sample', 'categorical'],
  ] as const)(
    'that predicts the %s on a %s gives what ONNX Runtime gives to 1e-6',
    async (prediction, head) => {
      const policy = chain(prediction, head);
      const forward = new ForwardChain(policy.model as DiffusionModel);
      const session = await InferenceSession.create(exportOnnx(policy));
      for (let row = 0; row < 50; row++) {
        const draws = new RandomStream(row, 'chain noise');
        // x_N in two numbers, then z of steps 5 to 2.
        const noise = Float32Array.from({ length: 10 }, () => draws.normal());
        let at = 0;
        const given = { normal: () => noise[at++] } as unknown as RandomStream;
        const condition = [observations[2 * row], observations[2 * row + 1]];
        condition.forEach((x, k) => {
          const deviation = Math.sqrt(moments.variance[k] + 1e-8);
          forward.condition[k] = Math.max(-10, Math.min(10, (x - moments.mean[k]) / deviation));
        });
        forward.run(given);
        const result = await session.run({
          observation: new Tensor('float32', Float32Array.from(condition), [1, 2]),
          noise: new Tensor('float32', noise, [1, 10]),
        });
        const values = (result['action'] ?? result['logits']).data as Float32Array;
        const low = [0, 0.1];
        const range = [1, 0.8];
        forward.data.forEach((x, d) => {
          const expected = head === 'box' ? low[d] + (range[d] * (1 + x)) / 2 : x;
          expect(Math.abs(values[d] - expected)).toBeLessThan(1e-6);
        });
      }
    },
  );
});

/** A model as other exporters write it: typed data fields, packed dimensions, attributes, several outputs. */
function foreignModel(
  operators: { operator: string; inputs: string[]; attributes?: Record<string, number> }[],
) {
  const graph = new ProtobufWriter().string(2, 'foreign');
  const tensor = (name: string, dims: number[], values: number[]) => {
    const packed = new Uint8Array(Float32Array.from(values).buffer);
    graph.message(
      5,
      new ProtobufWriter().bytes(1, Uint8Array.from(dims)).integer(2, 1).bytes(4, packed).string(8, name),
    );
  };
  tensor('w', [2, 3], [1, 2, 3, 4, 5, 6]);
  tensor('b', [3], [0.5, -0.5, 0]);
  operators.forEach(({ operator, inputs, attributes = {} }, i) => {
    const node = new ProtobufWriter();
    for (const input of inputs) node.string(1, input);
    node.string(2, i === operators.length - 1 ? 'actions' : i === 0 ? 'values' : `n${i}`).string(4, operator);
    for (const [key, value] of Object.entries(attributes)) {
      node.message(5, new ProtobufWriter().string(1, key).integer(3, value).integer(20, 2));
    }
    graph.message(1, node);
  });
  const info = (name: string, dims: number[]) => {
    const shape = dims.reduce(
      (writer, dim) =>
        writer.message(
          1,
          dim === 0 ? new ProtobufWriter().string(2, 'n') : new ProtobufWriter().integer(1, dim),
        ),
      new ProtobufWriter(),
    );
    const type = new ProtobufWriter().message(1, new ProtobufWriter().integer(1, 1).message(2, shape));
    return new ProtobufWriter().string(1, name).message(2, type);
  };
  graph
    .message(11, info('input', [0, 2]))
    .message(12, info('values', [0, 2]))
    .message(12, info('actions', [0, 3]));
  return new ProtobufWriter()
    .integer(1, 8)
    .message(7, graph)
    .message(8, new ProtobufWriter().string(1, '').integer(2, 13))
    .finish();
}

describe('models from elsewhere', () => {
  it('run as ONNX Runtime runs them', async () => {
    const bytes = foreignModel([
      { operator: 'Flatten', inputs: ['input'], attributes: { axis: 1 } },
      { operator: 'MatMul', inputs: ['values', 'w'] },
      { operator: 'Add', inputs: ['n1', 'b'] },
      { operator: 'Softplus', inputs: ['n2'] },
      { operator: 'Sigmoid', inputs: ['n3'] },
    ]);
    const actor = plainProgram(readOnnx(bytes, 'foreign.onnx'), [1, 2])!.actor('actions');
    const session = await InferenceSession.create(bytes);
    for (const observation of [
      [0.1, -0.2],
      [1, 0.5],
      [-3, 2],
    ]) {
      actor.input.set(observation);
      actor.run();
      const feed = { input: new Tensor('float32', Float32Array.from(observation), [1, 2]) };
      const { actions } = await session.run(feed);
      (actions.data as Float32Array).forEach((value, i) => expect(actor.output[i]).toBeCloseTo(value, 5));
    }
  });

  it('are refused with what is wrong', async () => {
    const features = ['request-queue-jobs', 'update-queue-jobs'];
    const refused = (bytes: Uint8Array) => expect(onnxPolicy(bytes, 'x.onnx', { features })).rejects;
    const node = (operator: string, ...inputs: string[]) =>
      foreignModel([
        { operator: 'Identity', inputs: ['input'] },
        { operator, inputs },
      ]);
    await refused(node('NoSuch', 'input')).toThrow(/ONNX Runtime refuses it: .*NoSuch/);
    await refused(node('MatMul', 'w', 'w')).toThrow(/ONNX Runtime refuses it: /);
    await refused(node('MatMul', 'input', 'w9')).toThrow(/MatMul takes "w9", which is not there/);
    await refused(foreignModel([{ operator: 'MatMul', inputs: ['input', 'w'] }])).toThrow(
      /no node gives its output "values"/,
    );
    await refused(Uint8Array.from([1, 2, 3, 4])).toThrow(/not a readable ONNX model/);
    await refused(new Uint8Array(0)).toThrow(/no graph/);
  });
});
