import { RandomStream } from '@metalore/core/random';
import { createActor } from '@metalore/learn/policy-file';
import type { PolicyDocument } from '@metalore/learn/policy-file';

const OBSERVATIONS = 1000;

/**
 * Runs an exported policy in ONNX Runtime and compares its actions with ours, on observations as it has seen them, or from
 * 0 to some thousands, most of them small, as queues are, where it says nothing of them. A chain acts by its mode. Where
 * actions are numbered, the difference is how far the logit of our action lies below the highest.
 */
export async function largestDifference(
  document: PolicyDocument,
  onnx: Uint8Array,
): Promise<{ difference: number; observations: number }> {
  const { InferenceSession, Tensor } = await import('onnxruntime-web');
  const { model, actions } = document;
  const features = document.features.length;
  const size = actions.names.length;
  const observations = drawObservations(document);
  const tensor = (values: Float32Array, columns: number) =>
    new Tensor('float32', values, [OBSERVATIONS, columns]);
  const noise = model.kind === 'diffusion' ? model.steps * size : 0;
  const session = await InferenceSession.create(onnx);
  const results = await session.run({
    observation: tensor(Float32Array.from(observations), features),
    ...(noise > 0 && { noise: tensor(new Float32Array(OBSERVATIONS * noise), noise) }),
  });
  const isNumbered = 'n' in actions;
  const theirs = results[isNumbered ? 'logits' : 'action'].data as Float32Array;
  await session.release();
  const actor = createActor(document);
  const ours = new Float64Array(size);
  let difference = 0;
  for (let row = 0; row < OBSERVATIONS; row++) {
    actor.act(observations, row * features, ours, 0);
    const own = theirs.subarray(row * size, (row + 1) * size);
    if (isNumbered) difference = Math.max(difference, Math.max(...own) - own[ours[0]]);
    else own.forEach((value, d) => (difference = Math.max(difference, Math.abs(ours[d] - value))));
  }
  return { difference, observations: OBSERVATIONS };
}

function drawObservations({ features, model }: PolicyDocument): Float64Array {
  const stream = new RandomStream(1, 'onnx check');
  const encoding = model.kind === 'linear-sigmoid' ? undefined : model.encoding;
  const moments = encoding?.moments;
  return Float64Array.from({ length: OBSERVATIONS * features.length }, (_, at) => {
    if (!moments) return Math.floor(stream.exponential(60));
    const k = at % features.length;
    const y = moments.mean[k] + Math.sqrt(moments.variance[k]) * stream.normal();
    return encoding?.scale === 'log' ? Math.sign(y) * Math.expm1(Math.abs(y)) : y;
  });
}
