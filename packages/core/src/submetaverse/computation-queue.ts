import { Job, JobInt, JobQueues, type JobStore } from './job-store.js';

/** The computation queues of one kind of job at the MEC servers, one per cell (paper 000, section II-B). */
export class ComputationQueue {
  readonly queue: JobQueues;
  /** `Float64Array [cells]`: units waiting or in process. */
  readonly backlogUnits: Float64Array;

  constructor(
    cells: number,
    readonly jobs: JobStore,
  ) {
    this.queue = new JobQueues(cells);
    this.backlogUnits = new Float64Array(cells);
  }

  /** Takes in a job that has been sent completely. @param load the job's units */
  arrive(cell: number, job: number, load: number): void {
    this.backlogUnits[cell] += load;
    this.queue.push(this.jobs.ints, cell, job);
  }

  /** Steps since the job at the head was created; 0 when empty. */
  headAge(cell: number, step: number): number {
    const head = this.queue.head[cell];
    return head === Job.None ? 0 : step - this.jobs.ints[head * JobInt.Stride + JobInt.Created];
  }

  reset(): void {
    this.queue.clear();
    this.backlogUnits.fill(0);
  }

  snapshot(): number[][] {
    return [...this.queue.snapshot(), [...this.backlogUnits]];
  }

  restore(state: readonly number[][]): void {
    this.queue.restore(state.slice(0, 4));
    this.backlogUnits.set(state[4]);
  }
}
