/**
 * Jobs (requests and updates) as records of one cache line each, in one buffer with a float and an integer view, and FIFO
 * queues as linked lists through them. Freed records are used again, last freed first; the buffer doubles when all are in
 * use, so a running simulation allocates nothing.
 */

/** Slots of a record in the float view, at `job * JOB_FLOATS`. */
export const JOB_FLOATS = 8;
/** What is left to send (Mbit) or, at the MEC server, to process (units). */
export const LEFT = 0;
/** Mbit */
export const SIZE = 1;
/** units */
export const LOAD = 2;

/** Slots of a record in the integer view, at `job * JOB_INTS`. The first six overlap the floats. */
export const JOB_INTS = 16;
/** Step of creation. */
export const CREATED = 6;
/** Number of the device within its kind. */
export const DEVICE = 7;
/** Of a request: the sensor it needs. */
export const SENSOR = 8;
/** Step in which the first bit was sent; −1 before. */
export const SEND_STARTED = 9;
/** Step in which the last bit was sent; −1 before. */
export const SENT = 10;
/** Step in which processing began; −1 before. */
export const STARTED = 11;
/** Next job of the same queue, or next free record. */
export const NEXT = 12;

/** No job. */
export const NONE = -1;

/** All jobs of a simulation. */
export class JobStore {
  floats: Float64Array;
  ints: Int32Array;
  #capacity: number;
  #free = NONE;
  #used = 0;

  constructor(capacity = 256) {
    this.#capacity = capacity;
    const buffer = new ArrayBuffer(capacity * JOB_FLOATS * 8);
    this.floats = new Float64Array(buffer);
    this.ints = new Int32Array(buffer);
  }

  /** A record with the given contents, not in any queue. May replace `floats` and `ints` by larger arrays. */
  create(created: number, device: number, sensor: number, size: number, load: number): number {
    let job = this.#free;
    if (job !== NONE) this.#free = this.ints[job * JOB_INTS + NEXT]!;
    else {
      if (this.#used === this.#capacity) this.#grow();
      job = this.#used++;
    }
    this.fill(job, created, device, sensor, size, load);
    return job;
  }

  /** Writes new contents into a record, as if it had just been created. It keeps its place in its queue. */
  fill(job: number, created: number, device: number, sensor: number, size: number, load: number): void {
    const f = job * JOB_FLOATS;
    this.floats[f + LEFT] = size;
    this.floats[f + SIZE] = size;
    this.floats[f + LOAD] = load;
    const i = job * JOB_INTS;
    this.ints[i + CREATED] = created;
    this.ints[i + DEVICE] = device;
    this.ints[i + SENSOR] = sensor;
    this.ints[i + SEND_STARTED] = NONE;
    this.ints[i + SENT] = NONE;
    this.ints[i + STARTED] = NONE;
  }

  /** Copies a sent job over another one that waits at the MEC server, which keeps its place in the queue. */
  overwrite(target: number, source: number): void {
    const next = this.ints[target * JOB_INTS + NEXT]!;
    this.ints.copyWithin(target * JOB_INTS, source * JOB_INTS, (source + 1) * JOB_INTS);
    this.ints[target * JOB_INTS + NEXT] = next;
  }

  /** Gives a record back. */
  release(job: number): void {
    this.ints[job * JOB_INTS + NEXT] = this.#free;
    this.#free = job;
  }

  next(job: number): number {
    return this.ints[job * JOB_INTS + NEXT]!;
  }

  setNext(job: number, next: number): void {
    this.ints[job * JOB_INTS + NEXT] = next;
  }

  /** Forgets all jobs, keeps the memory. */
  clear(): void {
    this.#free = NONE;
    this.#used = 0;
  }

  /** Bytes of the buffer. */
  get bytes(): number {
    return this.floats.byteLength;
  }

  #grow(): void {
    this.#capacity *= 2;
    const buffer = new ArrayBuffer(this.#capacity * JOB_FLOATS * 8);
    const ints = new Int32Array(buffer);
    ints.set(this.ints);
    this.ints = ints;
    this.floats = new Float64Array(buffer);
  }

  snapshot(): number[] {
    return [this.#capacity, this.#free, this.#used, ...this.ints.subarray(0, this.#used * JOB_INTS)];
  }

  restore(state: readonly number[]): void {
    const [capacity, free, used] = state as [number, number, number];
    this.#capacity = capacity;
    this.#free = free;
    this.#used = used;
    const buffer = new ArrayBuffer(capacity * JOB_FLOATS * 8);
    this.floats = new Float64Array(buffer);
    this.ints = new Int32Array(buffer);
    for (let at = 3; at < state.length; at++) this.ints[at - 3] = state[at]!;
  }
}

/** Several FIFO queues of jobs: one per device, or one per cell. */
export class JobQueues {
  /** `Int32Array [queues]`, first job or −1. */
  readonly head: Int32Array;
  /** `Int32Array [queues]`, last job; undefined where the queue is empty. */
  readonly tail: Int32Array;
  /** `Int32Array [queues]`, number of jobs. */
  readonly length: Int32Array;

  constructor(queues: number) {
    this.head = new Int32Array(queues).fill(NONE);
    this.tail = new Int32Array(queues).fill(NONE);
    this.length = new Int32Array(queues);
  }

  push(store: JobStore, queue: number, job: number): void {
    store.setNext(job, NONE);
    if (this.head[queue] === NONE) this.head[queue] = job;
    else store.setNext(this.tail[queue]!, job);
    this.tail[queue] = job;
    this.length[queue]!++;
  }

  /** Takes the first job off. The queue must not be empty. */
  shift(store: JobStore, queue: number): void {
    this.head[queue] = store.next(this.head[queue]!);
    this.length[queue]!--;
  }

  clear(): void {
    this.head.fill(NONE);
    this.tail.fill(NONE);
    this.length.fill(0);
  }

  snapshot(): number[][] {
    return [[...this.head], [...this.tail], [...this.length]];
  }

  restore([head, tail, length]: readonly number[][]): void {
    this.head.set(head!);
    this.tail.set(tail!);
    this.length.set(length!);
  }
}
