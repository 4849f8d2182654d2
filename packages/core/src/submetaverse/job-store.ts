/**
 * Jobs (requests and updates) as records of 32 bytes in one buffer with a float and an integer view, and FIFO queues as
 * linked lists through them. Freed records are used again, last freed first; the buffer doubles when all are in use, so a
 * running simulation allocates nothing. What happens to a job after it began to be sent stands apart, in `progress`: most
 * jobs of a loaded system wait, and waiting ones should fill few cache lines.
 */

/** Slots of a record in the float view, at `job * JOB_FLOATS`. */
export const JOB_FLOATS = 4;
/** Mbit */
export const SIZE = 0;
/** units */
export const LOAD = 1;

/** Slots of a record in the integer view, at `job * JOB_INTS`. The first four overlap the floats. */
export const JOB_INTS = 8;
/** Step of creation. */
export const CREATED = 4;
/** Number of the device within its kind. */
export const DEVICE = 5;
/** Of a request: the sensor it needs; −1 for none. */
export const SENSOR = 6;
/** Next job of the same queue, or next free record. */
export const NEXT = 7;

/** Slots of `progress`, at `job * JOB_PROGRESS`; each is valid once it happened. */
export const JOB_PROGRESS = 4;
/** Step in which the first bit was sent. */
export const SEND_STARTED = 0;
/** Step in which the last bit was sent. */
export const SENT = 1;
/** Step in which processing began. */
export const STARTED = 2;

/** No job. */
export const NONE = -1;

/** All jobs of a simulation. */
export class JobStore {
  floats!: Float64Array;
  ints!: Int32Array;
  progress!: Int32Array;
  #capacity = 0;
  #free = NONE;
  #used = 0;

  constructor(capacity = 256) {
    this.#allocate(capacity);
  }

  #allocate(capacity: number): void {
    const buffer = new ArrayBuffer(capacity * JOB_FLOATS * 8);
    this.#capacity = capacity;
    this.floats = new Float64Array(buffer);
    this.ints = new Int32Array(buffer);
    this.progress = new Int32Array(capacity * JOB_PROGRESS);
  }

  #grow(): void {
    const { ints, progress } = this;
    this.#allocate(this.#capacity * 2);
    this.ints.set(ints);
    this.progress.set(progress);
  }

  /** A record with the given contents, not in any queue. May replace `floats`, `ints` and `progress` by larger arrays. */
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

  /** Writes new contents into a record that waits. It keeps its place in its queue. */
  fill(job: number, created: number, device: number, sensor: number, size: number, load: number): void {
    const float = job * JOB_FLOATS;
    this.floats[float + SIZE] = size;
    this.floats[float + LOAD] = load;
    const int = job * JOB_INTS;
    this.ints[int + CREATED] = created;
    this.ints[int + DEVICE] = device;
    this.ints[int + SENSOR] = sensor;
  }

  /** Copies a sent job over another one that waits at the MEC server, which keeps its place in the queue. */
  overwrite(target: number, source: number): void {
    const next = this.ints[target * JOB_INTS + NEXT]!;
    this.ints.copyWithin(target * JOB_INTS, source * JOB_INTS, (source + 1) * JOB_INTS);
    this.ints[target * JOB_INTS + NEXT] = next;
    this.progress.copyWithin(target * JOB_PROGRESS, source * JOB_PROGRESS, (source + 1) * JOB_PROGRESS);
  }

  /** Gives a record back. */
  release(job: number): void {
    this.ints[job * JOB_INTS + NEXT] = this.#free;
    this.#free = job;
  }

  /** Forgets all jobs, keeps the memory. */
  clear(): void {
    this.#free = NONE;
    this.#used = 0;
  }

  /** Bytes of the buffers. */
  get bytes(): number {
    return this.floats.byteLength + this.progress.byteLength;
  }

  snapshot(): { capacity: number; free: number; used: number; ints: number[]; progress: number[] } {
    return {
      capacity: this.#capacity,
      free: this.#free,
      used: this.#used,
      ints: [...this.ints.subarray(0, this.#used * JOB_INTS)],
      progress: [...this.progress.subarray(0, this.#used * JOB_PROGRESS)],
    };
  }

  restore(state: ReturnType<JobStore['snapshot']>): void {
    this.#allocate(state.capacity);
    this.#free = state.free;
    this.#used = state.used;
    this.ints.set(state.ints);
    this.progress.set(state.progress);
  }
}

/** Several FIFO queues of jobs: one per device, or one per cell. Only the first job of a queue can be in service. */
export class JobQueues {
  /** `Int32Array [queues]`, first job or −1. */
  readonly head: Int32Array;
  /** `Int32Array [queues]`, last job; stale where the queue is empty. */
  readonly tail: Int32Array;
  /** `Int32Array [queues]`, number of jobs. */
  readonly length: Int32Array;
  /** `Float64Array [queues]`: what is left of the first job (Mbit or units) once it is in service; 0 before. */
  readonly left: Float64Array;

  constructor(queues: number) {
    this.head = new Int32Array(queues).fill(NONE);
    this.tail = new Int32Array(queues).fill(NONE);
    this.length = new Int32Array(queues);
    this.left = new Float64Array(queues);
  }

  push(ints: Int32Array, queue: number, job: number): void {
    ints[job * JOB_INTS + NEXT] = NONE;
    if (this.head[queue] === NONE) this.head[queue] = job;
    else ints[this.tail[queue]! * JOB_INTS + NEXT] = job;
    this.tail[queue] = job;
    this.length[queue]!++;
  }

  /** Takes the first job off, and returns the one behind it. The queue must not be empty. */
  shift(ints: Int32Array, queue: number): number {
    const next = ints[this.head[queue]! * JOB_INTS + NEXT]!;
    this.head[queue] = next;
    this.left[queue] = 0;
    this.length[queue]!--;
    return next;
  }

  clear(): void {
    this.head.fill(NONE);
    this.tail.fill(NONE);
    this.length.fill(0);
    this.left.fill(0);
  }

  snapshot(): number[][] {
    return [[...this.head], [...this.tail], [...this.length], [...this.left]];
  }

  restore([head, tail, length, left]: readonly number[][]): void {
    this.head.set(head!);
    this.tail.set(tail!);
    this.length.set(length!);
    this.left.set(left!);
  }
}
