import { RandomStream } from '@metalore/core/random';
import { createActor } from '@metalore/learn/policy-file';
import type { PolicyDocument } from '@metalore/learn/policy-file';

const OBSERVATIONS = 1000;

/**
 * Runs an exported policy in ONNX Runtime and compares its actions with ours, on observations from 0 to some thousands,
 * most of them small, as queues are.
 */
export async function largestDifference(
  document: PolicyDocument,
  onnx: Uint8Array,
): Promise<{ difference: number; observations: number }> {
  const { InferenceSession, Tensor } = await import('onnxruntime-web');
  const features = document.features.length;
  const actions = document.actions.names.length;
  const stream = new RandomStream(1, 'onnx check');
  const observations = Float64Array.from({ length: OBSERVATIONS * features }, () =>
    Math.floor(stream.exponential(60)),
  );
  const session = await InferenceSession.create(onnx);
  const input = new Tensor('float32', Float32Array.from(observations), [OBSERVATIONS, features]);
  const results = await session.run({ observation: input });
  const theirs = results['action'].data as Float32Array;
  await session.release();
  const actor = createActor(document);
  const ours = new Float64Array(actions);
  let difference = 0;
  for (let row = 0; row < OBSERVATIONS; row++) {
    actor.act(observations, row * features, ours, 0);
    for (let d = 0; d < actions; d++) {
      difference = Math.max(difference, Math.abs(ours[d] - theirs[row * actions + d]));
    }
  }
  return { difference, observations: OBSERVATIONS };
}
