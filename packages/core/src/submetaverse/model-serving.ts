import { InvalidInputError } from '../errors/index.js';
import { RandomStream } from '../random/index.js';
import {
  cachingPolicies,
  CostLedger,
  EdgeServer,
  ModelCache,
  Popularity,
  scenarioParams,
  scenarioServices,
  type PolicyState,
  type ServiceSpec,
  type ServingInstance,
} from '../serving/index.js';
import { Counter, type Metrics } from './metrics.js';
import type { Scenario } from './scenario/index.js';

/** What a scenario says about models. */
export type ServingBlock = NonNullable<Scenario['serving']>;

/** A cell's GPU: what is resident, and what decides on it. */
interface Gpu {
  readonly server: EdgeServer;
  readonly cache: ModelCache;
  readonly timer: PolicyState['timer'];
  ticks: number;
}

/** Requests and arrivals that are remembered for {@link ModelServing.snapshot}, at most: some 40 MB. */
const MAX_LOG = 10_000_000;

/** The fields of a job's model: service in the low 16 bits, steps to the cloud and back in the high ones. */
const DELAY_SHIFT = 16;
const SERVICE_MASK = 0xffff;
const MAX_DELAY = 0x7fff;

/**
 * The models that requests ask for (paper 002, third paper): which model each needs, what is resident at the MEC server of
 * each cell, and what a caching policy makes of a miss. Decided when a request has been sent: a resident model runs it, in
 * the server's queue; any other request goes to the cloud, and the policy may load the model, which occupies the server.
 */
export class ModelServing {
  readonly services: readonly ServiceSpec[];
  /** `Float64Array [cells]`: steps that loading will still occupy the server for. */
  readonly loading: Float64Array;
  readonly #block: ServingBlock;
  readonly #scenario: Scenario;
  readonly #metrics: Metrics;
  readonly #loadFactor: Float64Array;
  readonly #sessions: RandomStream[];
  readonly #delays: RandomStream[];
  readonly #current: Int32Array;
  #popularity!: Popularity;
  #gpus: Gpu[] = [];
  #log = new Int32Array(1024);
  #logged = 0;

  /** @param ues most UEs of any phase */
  constructor(scenario: Scenario, block: ServingBlock, ues: number, metrics: Metrics) {
    this.#scenario = scenario;
    this.#block = block;
    this.#metrics = metrics;
    this.services = scenarioServices(block);
    this.loading = new Float64Array(scenario.cells.length);
    this.#loadFactor = Float64Array.from(this.services, ({ gflops }) => gflops / block.baseGflops);
    const streams = (name: string) => Array.from({ length: ues }, () => new RandomStream(0, name));
    this.#sessions = streams('ue/sessions');
    this.#delays = streams('ue/cloud');
    this.#current = new Int32Array(ues);
  }

  /** Starts an episode with empty GPUs. */
  reset(seed: number, episode: number): void {
    this.#sessions.forEach((stream, ue) => stream.restart(seed, 'ue/sessions', episode, ue));
    this.#delays.forEach((stream, ue) => stream.restart(seed, 'ue/cloud', episode, ue));
    this.#current.fill(-1);
    this.loading.fill(0);
    this.#logged = 0;
    this.#popularity = new Popularity(
      this.#block.popularity,
      this.services.length,
      new RandomStream(seed, 'serving/ranking', episode),
      new RandomStream(seed, 'serving/drift', episode),
    );
    this.#gpus = this.#scenario.cells.map(({ gpuGB }, cell) => this.#gpu(cell, gpuGB, seed));
  }

  #gpu(cell: number, gpuGB: number | undefined, seed: number): Gpu {
    const { server: box, costs, policy } = this.#block;
    const server = { ...box, gpuGB: gpuGB ?? box.gpuGB };
    const instance: ServingInstance = {
      params: {
        ...scenarioParams({ server, costs }),
        warm: 0,
        slots: this.#scenario.episodeSteps,
      },
      services: this.services,
      slot: new Float64Array(0),
      service: new Int32Array(0),
    };
    const edge = new EdgeServer(instance.params, this.services);
    const state = cachingPolicies.get(policy, 'serving.policy').start(instance, edge, seed);
    const perStep = 1 / (box.loadGBs * this.#scenario.stepS);
    const cache = new ModelCache(edge, state, new CostLedger(instance), {
      onLoad: (service) => {
        this.#metrics.values[cell * Counter.Stride + Counter.modelLoads]++;
        this.loading[cell] += this.services[service].gb * perStep;
      },
    });
    return { server: edge, cache, timer: state.timer, ticks: 0 };
  }

  /** Draws what a new request of a UE asks for; to be kept with it until it arrives. */
  draw(ue: number): number {
    this.#record(ue, 0);
    const service = this.#popularity.next(this.#current[ue], this.#sessions[ue]);
    this.#current[ue] = service;
    return service | (this.#delay(ue) << DELAY_SHIFT);
  }

  #delay(ue: number): number {
    const { cloudDelay } = this.#block;
    const steps =
      cloudDelay.model === 'fixed'
        ? cloudDelay.steps
        : Math.round(this.#delays[ue].exponential(cloudDelay.meanSteps));
    return Math.min(MAX_DELAY, steps);
  }

  /** The number of a request's model. */
  service(drawn: number): number {
    return drawn & SERVICE_MASK;
  }

  /** Steps that a request takes to the cloud and back. */
  cloudSteps(drawn: number): number {
    return drawn >>> DELAY_SHIFT;
  }

  /** Lets policies that do things of their own accord do them; before the requests of a step. */
  tick(step: number): void {
    for (const gpu of this.#gpus) {
      const { timer } = gpu;
      if (timer === undefined) continue;
      for (; gpu.ticks * timer.every <= step; gpu.ticks++) timer.run(gpu.ticks * timer.every, gpu.cache);
    }
  }

  /**
   * A request has been sent to a cell.
   *
   * @returns what its load is multiplied by where its model is resident; −1 where it goes to the cloud
   */
  arrive(cell: number, drawn: number, step: number): number {
    this.#record(-1 - cell, drawn);
    this.#record(step, 0);
    const service = this.service(drawn);
    const { server, cache } = this.#gpus[cell];
    const isHit = server.resident[service] === 1;
    const examples = isHit ? server.effectiveExamples(service, step) : 0;
    cache.request(service, step);
    if (!isHit) return -1;
    const { values } = this.#metrics;
    const row = cell * Counter.Stride;
    values[row + Counter.contextSum] += examples;
    values[row + Counter.accuracySum] += server.accuracyAt(service, examples);
    values[row + Counter.requestsToEdge]++;
    return this.#loadFactor[service] * (1 + this.#block.costs.contextFlops * examples);
  }

  /** The share of a step in which a cell's server is not loading a model; counts that step off. */
  freeShare(cell: number): number {
    const busy = Math.min(1, this.loading[cell]);
    this.loading[cell] -= busy;
    return 1 - busy;
  }

  /** What a cell's GPU holds: numbers of services. */
  residents(cell: number): number[] {
    const { resident } = this.#gpus[cell].server;
    return Array.from(resident.keys()).filter((service) => resident[service] === 1);
  }

  /** Whether a service is resident in a cell. */
  isResident(cell: number, service: number): boolean {
    return this.#gpus[cell].server.resident[service] === 1;
  }

  /** Effective examples in the context of a service of a cell now. */
  effectiveExamples(cell: number, service: number, step: number): number {
    return this.#gpus[cell].server.effectiveExamples(service, step);
  }

  #record(a: number, b: number): void {
    if (this.#logged + 2 > MAX_LOG) return;
    if (this.#logged + 2 > this.#log.length) {
      const log = new Int32Array(this.#log.length * 2);
      log.set(this.#log);
      this.#log = log;
    }
    this.#log[this.#logged++] = a;
    this.#log[this.#logged++] = b;
  }

  /**
   * The state as what led to it: policies keep theirs to themselves, and come to it again by the same requests.
   *
   * @throws InvalidInputError after some two million requests of an episode
   */
  snapshot(): { log: number[]; loading: number[] } {
    if (this.#logged + 2 > MAX_LOG) {
      const message = 'the episode is too long for a snapshot of a scenario with models';
      throw new InvalidInputError('scenario', [{ path: 'serving', message }]);
    }
    return { log: [...this.#log.subarray(0, this.#logged)], loading: [...this.loading] };
  }

  /** Goes back to a state; `reset` comes before, and the metrics are restored after it. @param step the next one */
  restore({ log, loading }: ReturnType<ModelServing['snapshot']>, step: number): void {
    let now = 0;
    const tickUntil = (end: number) => {
      for (; now <= end; now++) this.tick(now);
    };
    for (let at = 0; at < log.length; at += 2) {
      const who = log[at];
      if (who >= 0) this.draw(who);
      else {
        at += 2;
        tickUntil(log[at]);
        this.arrive(-1 - who, log[at - 1], log[at]);
      }
    }
    tickUntil(step - 1);
    this.loading.set(loading);
  }
}
