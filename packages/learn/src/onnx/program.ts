/** An ONNX model made ready to act on one observation at a time. */
export interface OnnxProgram {
  readonly outputs: readonly OnnxOutput[];
  /** @param output a name of {@link outputs} of which {@link OnnxOutput.size} is known */
  actor(output: string): OnnxActor;
}

/** An output as one observation gives it. */
export interface OnnxOutput {
  readonly name: string;
  readonly dims: readonly number[];
  /** How many numbers; `null` where it holds something else than numbers of single or double precision. */
  readonly size: number | null;
}

/** Computes one output of a model. */
export interface OnnxActor {
  /** `Float64Array [features]`, written by the caller. */
  readonly input: Float64Array;
  /** `Float64Array` of the output's size. */
  readonly output: Float64Array;
  run(): void;
}

/** Elements of a tensor. */
export const sizeOf = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim, 1);
