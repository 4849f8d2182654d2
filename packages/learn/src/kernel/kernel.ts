import { InternalError } from '@metalore/core/errors';
import { KERNEL_BASE64 } from './binary.js';

/** What kernel/kernel.ts exports: addresses and counts are in bytes and elements; see there for the formulas. */
export interface KernelFunctions {
  affine(
    x: number,
    w: number,
    bias: number,
    y: number,
    rows: number,
    inner: number,
    cols: number,
    activate: number,
    panel: number,
  ): void;
  addOuter(x: number, d: number, out: number, rows: number, inner: number, cols: number, panel: number): void;
  addColumnSums(d: number, out: number, rows: number, cols: number): void;
  transpose(w: number, out: number, rows: number, cols: number): void;
  tanhBackward(d: number, y: number, count: number): void;
  mish(y: number, slope: number, count: number): void;
  relu(y: number, slope: number, count: number): void;
  multiply(d: number, slope: number, count: number): void;
  approach(target: number, source: number, count: number, rate: number): void;
  sumOfSquares(g: number, count: number): number;
  adam(
    p: number,
    g: number,
    m: number,
    v: number,
    count: number,
    scale: number,
    beta1: number,
    complement1: number,
    beta2: number,
    complement2: number,
    rate: number,
    correction: number,
    epsilon: number,
  ): void;
}

/** The part of the WebAssembly interface that is used here, the same in Node, browsers and workers. */
interface WebAssemblyApi {
  Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
}
const { WebAssembly, atob } = globalThis as unknown as {
  WebAssembly: WebAssemblyApi;
  atob(text: string): string;
};

const PAGE_BYTES = 65536;
/** What kernel/kernel.ts packs at most: SLICE × (SLICE_COLS + 4) numbers. */
const PANEL_BYTES = 64 * (256 + 4) * 4;
let compiled: object | undefined;

/** The arithmetic of small networks over a linear memory of its own, which is as large as first asked for. */
export class Kernel {
  readonly run: KernelFunctions;
  /** The whole memory; element `address / 4` is at byte `address`. */
  readonly floats: Float32Array;
  /** Address of what the kernel packs into. */
  readonly panel = 64;
  #free = 64 + PANEL_BYTES;

  /** @param floatCount how many 32-bit numbers {@link Kernel.allocate} will be asked for in all */
  constructor(floatCount: number) {
    const pages = Math.ceil((floatCount * 4 + PANEL_BYTES + 4096) / PAGE_BYTES) + 1;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(KERNEL_BASE64), (char) => char.charCodeAt(0)));
    this.run = new WebAssembly.Instance(compiled, { env: { memory } }).exports as KernelFunctions;
    this.floats = new Float32Array(memory.buffer);
  }

  /** @returns the byte address of `count` zeros, 16-byte aligned */
  allocate(count: number): number {
    const address = this.#free;
    this.#free += Math.ceil(count / 4) * 16;
    if (this.#free > this.floats.length * 4) throw new InternalError('the kernel memory is too small');
    return address;
  }

  /** `Float32Array [count]` over the memory at a byte address. */
  view(address: number, count: number): Float32Array {
    return this.floats.subarray(address >> 2, (address >> 2) + count);
  }
}

/** The next multiple of 4: what every dimension inside the kernel is padded to. */
export function padded(count: number): number {
  return (count + 3) & ~3;
}
