import { InvalidInputError } from '@metalore/core/errors';
import { FLOAT32, FLOAT64, type OnnxModel } from './model.js';
import { sizeOf, type OnnxActor, type OnnxOutput, type OnnxProgram } from './program.js';

/** The version that this was written for and is tested with. */
const RUNTIME = 'onnxruntime-web@1.30.0';

/**
 * What is called of ONNX Runtime's WebAssembly. Its interface for JavaScript is asynchronous and a policy answers at once,
 * so the functions under that interface are called, which return when they are done. Addresses are of 32 bits.
 */
interface Runtime {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  getValue(address: number, type: 'i32' | 'float' | 'double'): number;
  setValue(address: number, value: number, type: 'i32' | 'float' | 'double'): void;
  UTF8ToString(address: number): string;
  _OrtInit(threads: number, logLevel: number): number;
  _OrtGetLastError(code: number, message: number): number;
  _OrtCreateSessionOptions(
    ...options: [
      optimization: number,
      arena: boolean,
      pattern: boolean,
      mode: number,
      profiling: boolean,
      profile: number,
      log: number,
      severity: number,
      verbosity: number,
      optimized: number,
    ]
  ): number;
  _OrtReleaseSessionOptions(options: number): number;
  _OrtCreateSession(model: number, bytes: number, options: number): number;
  _OrtReleaseSession(session: number): number;
  _OrtGetInputOutputMetadata(session: number, index: number, name: number, metadata: number): number;
  _OrtCreateTensor(
    ...tensor: [type: number, data: number, bytes: number, dims: number, rank: number, place: number]
  ): number;
  _OrtGetTensorData(tensor: number, type: number, data: number, dims: number, rank: number): number;
  _OrtReleaseTensor(tensor: number): number;
  _OrtFree(address: number): number;
  _OrtCreateRunOptions(severity: number, verbosity: number, terminate: boolean, tag: number): number;
  _OrtRun(
    ...run: [
      session: number,
      inputNames: number,
      inputs: number,
      inputCount: number,
      outputNames: number,
      outputCount: number,
      outputs: number,
      options: number,
    ]
  ): number;
}

const WORD = 4;
const SILENT = 4;
const ALL_OPTIMIZATIONS = 99;
const ON_CPU = 1;

let loaded: Promise<Runtime> | undefined;

/** @throws InvalidInputError ONNX Runtime is not installed */
function loadRuntime(source: string): Promise<Runtime> {
  loaded ??= startRuntime();
  return loaded.catch((error: unknown) => {
    loaded = undefined;
    const message =
      `holds more than a plain perceptron, so it runs in ONNX Runtime, which could not be loaded: npm install ${RUNTIME}` +
      ` (${(error as Error).message.split('\n')[0]})`;
    throw new InvalidInputError(source, [{ path: '', message }], { cause: error });
  });
}

async function startRuntime(): Promise<Runtime> {
  // @ts-expect-error It has no types.
  const { default: start } = (await import('onnxruntime-web/ort-wasm-simd-threaded.mjs')) as {
    default: (settings: object) => Promise<Runtime>;
  };
  const quiet = () => undefined;
  const runtime = await start({ numThreads: 1, print: quiet, printErr: quiet });
  if (runtime._OrtInit(1, SILENT) !== 0) throw new Error(lastError(runtime));
  return runtime;
}

function lastError(runtime: Runtime): string {
  const place = runtime._malloc(2 * WORD);
  runtime._OrtGetLastError(place, place + WORD);
  const message = runtime.getValue(place + WORD, 'i32');
  const text = message === 0 ? 'no reason given' : runtime.UTF8ToString(message);
  runtime._free(place);
  return text;
}

/** Sessions of programs that nobody holds any more are released. */
const abandoned = new FinalizationRegistry<() => void>((release) => release());

/**
 * Any model, in ONNX Runtime.
 *
 * @param dims of the one input
 * @throws InvalidInputError ONNX Runtime is not installed, or refuses the model or such an input
 */
export async function runtimeProgram(
  bytes: Uint8Array,
  model: OnnxModel,
  dims: readonly number[],
  source: string,
): Promise<OnnxProgram> {
  const runtime = await loadRuntime(source);
  try {
    return new RuntimeProgram(runtime, bytes, model, dims);
  } catch (error) {
    const message = `ONNX Runtime refuses it: ${(error as Error).message}`;
    throw new InvalidInputError(source, [{ path: '', message }], { cause: error });
  }
}

class RuntimeProgram implements OnnxProgram {
  readonly outputs: readonly OnnxOutput[];
  readonly #input: Float64Array;
  readonly #inputType: number;
  readonly #inputData: number;
  /** Words: name of the input, input, name of the output, output, then type, data, dims and rank of a result. */
  readonly #words: number;
  readonly #runOptions: number;
  readonly #outputNames = new Map<string, number>();
  readonly #session: number;

  constructor(
    readonly runtime: Runtime,
    bytes: Uint8Array,
    model: OnnxModel,
    dims: readonly number[],
  ) {
    const [input] = model.inputs;
    if (input.elementType !== FLOAT32 && input.elementType !== FLOAT64) {
      throw new Error(`input "${input.name}" takes no numbers of single or double precision`);
    }
    const session = createSession(runtime, bytes);
    this.#session = session;
    this.#words = runtime._malloc(8 * WORD);
    this.#input = new Float64Array(sizeOf(dims));
    this.#inputType = input.elementType;
    const length = this.#input.length * this.#width(input.elementType);
    this.#inputData = runtime._malloc(length);
    const dimsPlace = runtime._malloc(dims.length * WORD);
    dims.forEach((dim, axis) => runtime.setValue(dimsPlace + axis * WORD, dim, 'i32'));
    const place = this.#inputData;
    const tensor = runtime._OrtCreateTensor(input.elementType, place, length, dimsPlace, dims.length, ON_CPU);
    if (tensor === 0) throw new Error(lastError(runtime));
    this.#runOptions = runtime._OrtCreateRunOptions(SILENT, 0, false, 0);
    const names = [input.name, ...model.outputs].map((_, index) => this.#name(index));
    model.outputs.forEach((name, at) => this.#outputNames.set(name, names[1 + at]));
    runtime.setValue(this.#words, names[0], 'i32');
    runtime.setValue(this.#words + WORD, tensor, 'i32');
    abandoned.register(this, () => {
      runtime._OrtReleaseSession(session);
      runtime._OrtReleaseTensor(tensor);
      runtime._free(place);
    });
    runtime._free(dimsPlace);
    this.outputs = model.outputs.map((name) => this.#described(name));
  }

  actor(output: string): OnnxActor {
    const { size } = this.outputs.find(({ name }) => name === output)!;
    const values = new Float64Array(size!);
    return { input: this.#input, output: values, run: () => void this.#run(output, values) };
  }

  #name(index: number): number {
    const { runtime } = this;
    const scratch = this.#words + 4 * WORD;
    if (runtime._OrtGetInputOutputMetadata(this.#session, index, scratch, scratch + WORD) !== 0) {
      throw new Error(lastError(runtime));
    }
    runtime._OrtFree(runtime.getValue(scratch + WORD, 'i32'));
    return runtime.getValue(scratch, 'i32');
  }

  #described(name: string): OnnxOutput {
    const { type, dims } = this.#run(name, undefined);
    return { name, dims, size: type === FLOAT32 || type === FLOAT64 ? sizeOf(dims) : null };
  }

  /** Runs the model; the result goes `into` numbers, or only its type and shape are looked at. */
  #run(output: string, into: Float64Array | undefined): { type: number; dims: number[] } {
    const { runtime } = this;
    const words = this.#words;
    this.#write();
    runtime.setValue(words + 2 * WORD, this.#outputNames.get(output)!, 'i32');
    runtime.setValue(words + 3 * WORD, 0, 'i32');
    const [names, inputs, outputNames, outputs, result] = [0, 1, 2, 3, 4].map((at) => words + at * WORD);
    const options = this.#runOptions;
    if (runtime._OrtRun(this.#session, names, inputs, 1, outputNames, 1, outputs, options) !== 0) {
      throw new Error(lastError(runtime));
    }
    const tensor = runtime.getValue(outputs, 'i32');
    runtime._OrtGetTensorData(tensor, result, result + WORD, result + 2 * WORD, result + 3 * WORD);
    const [type, data, place, rank] = [0, 1, 2, 3].map((at) => runtime.getValue(result + at * WORD, 'i32'));
    const dims = Array.from({ length: rank }, (_, axis) => runtime.getValue(place + axis * WORD, 'i32'));
    if (into !== undefined) {
      const width = this.#width(type);
      const kind = type === FLOAT64 ? 'double' : 'float';
      for (let i = 0; i < into.length; i++) into[i] = runtime.getValue(data + i * width, kind);
    }
    runtime._OrtFree(place);
    runtime._OrtReleaseTensor(tensor);
    return { type, dims };
  }

  #write(): void {
    const width = this.#width(this.#inputType);
    const kind = this.#inputType === FLOAT64 ? 'double' : 'float';
    for (let i = 0; i < this.#input.length; i++) {
      this.runtime.setValue(this.#inputData + i * width, this.#input[i], kind);
    }
  }

  #width(type: number): number {
    return type === FLOAT64 ? 8 : 4;
  }
}

function createSession(runtime: Runtime, bytes: Uint8Array): number {
  const options = runtime._OrtCreateSessionOptions(
    ALL_OPTIMIZATIONS,
    true,
    true,
    0,
    false,
    0,
    0,
    SILENT,
    0,
    0,
  );
  const place = runtime._malloc(bytes.length);
  runtime.HEAPU8.set(bytes, place);
  const session = runtime._OrtCreateSession(place, bytes.length, options);
  const problem = session === 0 ? lastError(runtime) : undefined;
  runtime._free(place);
  runtime._OrtReleaseSessionOptions(options);
  if (problem !== undefined) throw new Error(problem);
  return session;
}
