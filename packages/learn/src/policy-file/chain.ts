import { tanh } from '@metalore/core/math';
import type { RandomStream } from '@metalore/core/random';
import { diffusionSchedule, EMBEDDING_SIZE, timeEmbedding } from '../network/diffusion-schedule.js';
import { Forward } from '../network/forward.js';
import type { DiffusionModel } from './document.js';

/** The denoising chain of a policy file for single observations, in double precision; nothing is allocated per run. */
export class ForwardChain {
  /** `Float64Array [observation]`, encoded; written by the caller. */
  readonly condition: Float64Array;
  /** `Float64Array [x]`: x_0 of the last {@link ForwardChain.run}. */
  readonly data: Float64Array;
  readonly #network: Forward;
  readonly #embeddings: Float64Array[];
  readonly #schedule: ReturnType<typeof diffusionSchedule>;
  readonly #model: DiffusionModel;
  readonly #critics: Forward[];

  constructor(model: DiffusionModel) {
    this.#model = model;
    this.#network = new Forward(model.layers, model.activation);
    this.#schedule = diffusionSchedule(model.steps);
    this.#embeddings = Array.from({ length: model.steps }, (_, k) => timeEmbedding(k + 1));
    this.data = new Float64Array(this.#network.output.length);
    this.condition = new Float64Array(this.#network.input.length - this.data.length - EMBEDDING_SIZE);
    this.#critics = (model.critics ?? []).map((critic) => new Forward(critic, model.activation));
  }

  /**
   * @param stream where x_N and z are drawn; missing: all are 0
   * @param onState told x_N, …, x_0 as they come, each overwritten by the next
   */
  run(stream?: RandomStream, onState?: (x: Float64Array) => void): void {
    const { data } = this;
    const { input } = this.#network;
    const { steps } = this.#model;
    const { fromData, fromNoisy, sigma } = this.#schedule;
    for (let d = 0; d < data.length; d++) data[d] = stream === undefined ? 0 : stream.normal();
    onState?.(data);
    input.set(this.condition, data.length + EMBEDDING_SIZE);
    for (let k = steps - 1; k >= 0; k--) {
      input.set(data);
      input.set(this.#embeddings[k], data.length);
      this.#network.run();
      for (let d = 0; d < data.length; d++) {
        const z = stream === undefined || k === 0 ? 0 : stream.normal();
        data[d] = fromData[k] * this.#estimate(d, k) + fromNoisy[k] * data[d] + sigma[k] * z;
      }
      onState?.(data);
    }
  }

  #estimate(d: number, k: number): number {
    const { prediction, bounded } = this.#model;
    const said = this.#network.output[d];
    if (prediction === 'sample') return bounded ? tanh(said) : said;
    const alphaBar = this.#schedule.alphaBar[k];
    const x = (this.data[d] - Math.sqrt(1 - alphaBar) * said) / Math.sqrt(alphaBar);
    if (!bounded) return x;
    return x < -1 ? -1 : x > 1 ? 1 : x;
  }

  /** The smallest Q of the condition and `data`; NaN without critics. */
  value(): number {
    let least = NaN;
    for (const critic of this.#critics) {
      critic.input.set(this.condition);
      critic.input.set(this.data, this.condition.length);
      critic.run();
      const q = critic.output[0];
      if (!(q >= least)) least = q;
    }
    return least;
  }
}
