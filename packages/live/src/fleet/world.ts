import { RandomStream } from '@metalore/core/random';
import type { Scenario } from '@metalore/core/scenario';
import { jobFields, Simulator, type Traces } from '@metalore/core/submetaverse';

/** A message that a device of the fleet sends in a step. */
export interface FleetMessage {
  readonly topic: string;
  readonly payload: Record<string, unknown>;
}

/** News of a sensor that are older than this are stale. */
const DEADLINE_STEPS = 30;

/** What makes the physical world less than perfect. */
export interface Imperfections {
  /** Standard deviation of the devices' clocks, ms. */
  readonly clockErrorMs: number;
  /** Share of messages that are lost on their way. */
  readonly loss: number;
  /** Share of sensors that fall silent in the middle of the time. */
  readonly silence: number;
}

/**
 * The physical world that a live sub-metaverse mirrors: the devices and the radio of a scenario, moved by the simulator, with
 * the splits that the server publishes. What a device has sent completely goes out as a message. The simulator's own MEC
 * server processes the same jobs with the same splits: what it measures is what the live one ought to.
 */
export class World {
  readonly simulator: Simulator;
  readonly #scenario: Scenario;
  readonly #start: number;
  readonly #stepMs: number;
  readonly #imperfections: Imperfections;
  readonly #clocks: { ue: Float64Array; sensor: Float64Array };
  readonly #random: RandomStream;
  readonly #outbox: FleetMessage[] = [];
  readonly #requestsOf: Int32Array;
  readonly #steps: number;
  lost = 0;

  /**
   * @param start when step 0 begins, ms since 1970
   * @param steps how long it lasts
   */
  constructor(
    scenario: Scenario,
    traces: Traces,
    seed: number,
    start: number,
    stepMs: number,
    steps: number,
    imperfections: Imperfections,
  ) {
    this.#scenario = scenario;
    this.#start = start;
    this.#stepMs = stepMs;
    this.#steps = steps;
    this.#imperfections = imperfections;
    this.simulator = new Simulator(scenario, { traces });
    this.simulator.reset(seed, 0);
    this.#random = new RandomStream(seed, 'fleet');
    const clock = () => this.#random.normal() * imperfections.clockErrorMs;
    this.#clocks = {
      ue: Float64Array.from({ length: this.simulator.ues.capacity }, clock),
      sensor: Float64Array.from({ length: this.simulator.sensors.capacity }, clock),
    };
    this.#requestsOf = new Int32Array(this.simulator.ues.capacity);
    this.simulator.onSent = (kind, job) => this.#sent(kind, job);
  }

  sensorId(sensor: number): string {
    return `${nameOf(this.#scenario)}:sensor-${sensor + 1}`;
  }

  ueId(ue: number): string {
    return `${nameOf(this.#scenario)}-ue-${ue + 1}`;
  }

  /** What sensors say of themselves before they begin. */
  announcements(): FleetMessage[] {
    const { sensors } = this.simulator;
    return Array.from({ length: sensors.active }, (_, sensor) => {
      const id = this.sensorId(sensor);
      const [namespace, name] = id.split(':');
      const attributes = {
        kind: 'sensor',
        deadlineS: (DEADLINE_STEPS * this.#stepMs) / 1000,
        xM: sensors.field.x[sensor],
        yM: sensors.field.y[sensor],
      };
      return {
        topic: `things/${id}/ditto`,
        payload: {
          topic: `${namespace}/${name}/things/twin/commands/create`,
          path: '/',
          value: { attributes },
        },
      };
    });
  }

  /** Where everything truly is: for whoever shows it, and no twin. */
  truth(): FleetMessage[] {
    const places = (kind: 'ue' | 'sensor', id: (device: number) => string) => {
      const { active, field } = kind === 'ue' ? this.simulator.ues : this.simulator.sensors;
      return Array.from({ length: active }, (_, device) => ({
        topic: `truth/${id(device)}`,
        payload: { xM: field.x[device], yM: field.y[device] },
      }));
    };
    return [...places('ue', (ue) => this.ueId(ue)), ...places('sensor', (sensor) => this.sensorId(sensor))];
  }

  /** One step with these splits. @returns what was sent completely in it; valid until the next call */
  step(rhoC: number, rhoP: number): readonly FleetMessage[] {
    this.#outbox.length = 0;
    this.simulator.advance([rhoC, rhoP]);
    return this.#outbox;
  }

  #sent(kind: 'ue' | 'sensor', job: number): void {
    const { ints, floats } = this.simulator.jobs;
    const created = ints[job * jobFields.JOB_INTS + jobFields.CREATED];
    const device = ints[job * jobFields.JOB_INTS + jobFields.DEVICE];
    const loadUnits = floats[job * jobFields.JOB_FLOATS + jobFields.LOAD];
    const t = Math.round(this.#start + created * this.#stepMs + this.#clocks[kind][device]);
    if (this.#imperfections.loss > 0 && this.#random.uniform() < this.#imperfections.loss) {
      this.lost++;
      return;
    }
    if (kind === 'sensor') this.#sendUpdate(device, t, created, loadUnits);
    else this.#sendRequest(device, ints[job * jobFields.JOB_INTS + jobFields.SENSOR], t, loadUnits);
  }

  /** The present step's end, by a device's clock, ms since 1970. */
  #now(kind: 'ue' | 'sensor', device: number): number {
    const { step } = this.simulator;
    return Math.round(this.#start + step * this.#stepMs + this.#clocks[kind][device]);
  }

  #sendUpdate(sensor: number, t: number, created: number, loadUnits: number): void {
    const { sensors } = this.simulator;
    const silent = sensor < this.#imperfections.silence * sensors.active && created > this.#steps / 2;
    if (silent) return;
    const { x, y } = sensors.field;
    const value =
      20 + 5 * Math.sin((2 * Math.PI * (created + 13 * sensor)) / 200) + 0.2 * this.#random.normal();
    this.#outbox.push({
      topic: `things/${this.sensorId(sensor)}/state`,
      payload: {
        t,
        seq: created,
        loadUnits,
        features: { position: { xM: x[sensor], yM: y[sensor] }, signal: { value } },
      },
    });
  }

  #sendRequest(ue: number, sensor: number, t: number, loadUnits: number): void {
    if (sensor < 0) return;
    const id = `${this.ueId(ue)}/${++this.#requestsOf[ue]}`;
    const { x, y } = this.simulator.ues.field;
    const position = { t: this.#now('ue', ue), xM: x[ue], yM: y[ue] };
    this.#outbox.push({
      topic: `requests/${this.ueId(ue)}`,
      payload: { t, id, thing: this.sensorId(sensor), loadUnits, position },
    });
  }
}

/** A scenario's name as a namespace. */
function nameOf({ name }: Scenario): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?![A-Za-z])/, 's');
}
