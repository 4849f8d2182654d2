/**
 * Jobs (requests and updates) as records of 32 bytes in one buffer with a float and an integer view, and FIFO queues as
 * linked lists through them. Freed records are used again; the buffer doubles when all are in use, so a
 * running simulation allocates nothing. What happens to a job after it began to be sent stands apart, in `progress`: most
 * jobs of a loaded system wait, and waiting ones should fill few cache lines.
 */

/** Not a number of a job: the end of a queue, or nothing there. */
export const enum Job {
  None = -1,
}

// Constants of the layout as enums, which the compiler writes into the code as numbers; an engine reads an imported `const`
// anew each time.

/** Slots of a record in the float view, at `job * JobFloat.Stride`. */
export const enum JobFloat {
  /** Mbit */
  Size = 0,
  /** units */
  Load = 1,
  Stride = 4,
}

/** Slots of a record in the integer view, at `job * JobInt.Stride`. The first four overlap the floats. */
export const enum JobInt {
  /** Step of creation. */
  Created = 4,
  /** Number of the device within its kind. */
  Device = 5,
  /** Of a request: the sensor it needs; −1 for none. */
  Sensor = 6,
  /** Next job of the same queue, or next free record. */
  Next = 7,
  Stride = 8,
}

/** Slots of `progress`, at `job * JobProgress.Stride`; each is valid once it happened. */
export const enum JobProgress {
  /** Step in which the first bit was sent. */
  SendStarted = 0,
  /** Step in which the last bit was sent. */
  Sent = 1,
  /** Step in which processing began. */
  Started = 2,
  /** From creation on, in a scenario with models: what the request asks for, as `ModelServing.draw` gives it. */
  Model = 3,
  Stride = 4,
}

/** Capacity (Mbit or units) below this is a rounding error: it neither begins a job nor keeps one from ending. */
export const enum Capacity {
  Epsilon = 1e-9,
}

/** All jobs of a simulation. */
export class JobStore {
  floats!: Float64Array;
  ints!: Int32Array;
  progress!: Int32Array;
  #capacity = 0;
  #free: number = Job.None;
  #lastFree: number = Job.None;
  #used = 0;

  constructor(capacity = 256) {
    this.#allocate(capacity);
  }

  #allocate(capacity: number): void {
    const buffer = new ArrayBuffer(capacity * JobFloat.Stride * 8);
    this.#capacity = capacity;
    this.floats = new Float64Array(buffer);
    this.ints = new Int32Array(buffer);
    this.progress = new Int32Array(capacity * JobProgress.Stride);
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
    if (job !== Job.None) this.#free = this.ints[job * JobInt.Stride + JobInt.Next];
    else {
      if (this.#used === this.#capacity) this.#grow();
      job = this.#used++;
    }
    this.fill(job, created, device, sensor, size, load);
    return job;
  }

  /** Writes new contents into a record that waits. It keeps its place in its queue. */
  fill(job: number, created: number, device: number, sensor: number, size: number, load: number): void {
    const float = job * JobFloat.Stride;
    this.floats[float + JobFloat.Size] = size;
    this.floats[float + JobFloat.Load] = load;
    const int = job * JobInt.Stride;
    this.ints[int + JobInt.Created] = created;
    this.ints[int + JobInt.Device] = device;
    this.ints[int + JobInt.Sensor] = sensor;
  }

  /** Copies a sent job over another one that waits at the MEC server, which keeps its place in the queue. */
  overwrite(target: number, source: number): void {
    const next = this.ints[target * JobInt.Stride + JobInt.Next];
    this.ints.copyWithin(target * JobInt.Stride, source * JobInt.Stride, (source + 1) * JobInt.Stride);
    this.ints[target * JobInt.Stride + JobInt.Next] = next;
    this.progress.copyWithin(
      target * JobProgress.Stride,
      source * JobProgress.Stride,
      (source + 1) * JobProgress.Stride,
    );
  }

  /** Gives a record back. First freed, first used again: records then stay in the order in which devices come to them. */
  release(job: number): void {
    this.ints[job * JobInt.Stride + JobInt.Next] = Job.None;
    if (this.#free === Job.None) this.#free = job;
    else this.ints[this.#lastFree * JobInt.Stride + JobInt.Next] = job;
    this.#lastFree = job;
  }

  /** Forgets all jobs, keeps the memory. */
  clear(): void {
    this.#free = Job.None;
    this.#used = 0;
  }

  /** Bytes of the buffers. */
  get bytes(): number {
    return this.floats.byteLength + this.progress.byteLength;
  }

  /** @param views without copying the records: what is returned holds until the next step */
  snapshot(views = false): {
    capacity: number;
    free: number;
    lastFree: number;
    used: number;
    ints: ArrayLike<number>;
    progress: ArrayLike<number>;
  } {
    const ints = this.ints.subarray(0, this.#used * JobInt.Stride);
    const progress = this.progress.subarray(0, this.#used * JobProgress.Stride);
    return {
      capacity: this.#capacity,
      free: this.#free,
      lastFree: this.#lastFree,
      used: this.#used,
      ints: views ? ints : [...ints],
      progress: views ? progress : [...progress],
    };
  }

  restore(state: ReturnType<JobStore['snapshot']>): void {
    if (state.capacity !== this.#capacity) this.#allocate(state.capacity);
    this.#free = state.free;
    this.#lastFree = state.lastFree;
    this.#used = state.used;
    this.ints.set(state.ints);
    this.progress.set(state.progress);
    this.progress.fill(0, state.progress.length);
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
    this.head = new Int32Array(queues).fill(Job.None);
    this.tail = new Int32Array(queues).fill(Job.None);
    this.length = new Int32Array(queues);
    this.left = new Float64Array(queues);
  }

  push(ints: Int32Array, queue: number, job: number): void {
    ints[job * JobInt.Stride + JobInt.Next] = Job.None;
    if (this.head[queue] === Job.None) this.head[queue] = job;
    else ints[this.tail[queue] * JobInt.Stride + JobInt.Next] = job;
    this.tail[queue] = job;
    this.length[queue]++;
  }

  /** Takes the first job off, and returns the one behind it. The queue must not be empty. */
  shift(ints: Int32Array, queue: number): number {
    const next = ints[this.head[queue] * JobInt.Stride + JobInt.Next];
    this.head[queue] = next;
    this.left[queue] = 0;
    this.length[queue]--;
    return next;
  }

  clear(): void {
    this.head.fill(Job.None);
    this.tail.fill(Job.None);
    this.length.fill(0);
    this.left.fill(0);
  }

  snapshot(): number[][] {
    return [[...this.head], [...this.tail], [...this.length], [...this.left]];
  }

  restore([head, tail, length, left]: readonly number[][]): void {
    this.head.set(head);
    this.tail.set(tail);
    this.length.set(length);
    this.left.set(left);
  }
}
