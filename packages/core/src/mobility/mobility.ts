import { nextUint32, seedStream, hashName, STREAM_WORDS } from '../random/index.js';

/** Where the devices of a kind are and may go. */
export interface Field {
  readonly widthM: number;
  readonly heightM: number;
  /** `Float64Array [devices]`, m; what a mobility model writes. */
  readonly x: Float64Array;
  /** `Float64Array [devices]`, m. */
  readonly y: Float64Array;
  /** `Uint8Array [devices]`: 1 for a device that is away; of models whose devices come and leave. */
  readonly away?: Uint8Array;
}

/** What a mobility model may draw from: one stream per device, seeded by run, episode and kind of device. */
export interface MobilitySeed {
  readonly seed: number;
  readonly episode: number;
  /** `ue` or `sensor`. */
  readonly kind: string;
}

/** How the devices of a kind move. One object serves all of them. */
export interface Mobility {
  /** Whether devices ever move: what is static is computed once. */
  readonly moves: boolean;
  /** Whether devices may be away; default: never. */
  readonly mayBeAway?: boolean;
  /** Places every device at the start of an episode. */
  reset(field: Field, seed: MobilitySeed): void;
  /** Moves devices 0 … `active` − 1 to where they are in `step`. */
  move(field: Field, step: number, active: number): void;
  /** Goes on, in the middle of an episode, from where `previous` left the devices. Without it, `reset` is called. */
  takeOver?(previous: Mobility, field: Field, seed: MobilitySeed): void;
  snapshot?(): number[];
  restore?(state: readonly number[]): void;
}

const TO_UNIT = 1 / 4294967296;

/** Streams of all devices of a kind, side by side. */
class DeviceStreams {
  states: Int32Array = new Int32Array(0);

  reset(devices: number, { seed, episode, kind }: MobilitySeed): void {
    if (this.states.length !== devices * STREAM_WORDS) this.states = new Int32Array(devices * STREAM_WORDS);
    const name = hashName(`${kind}/mobility`);
    for (let device = 0; device < devices; device++)
      seedStream(this.states, device, seed, name, episode, device);
  }

  uniform(device: number): number {
    return nextUint32(this.states, device) * TO_UNIT;
  }
}

/**
 * Random waypoint without pauses: a device walks straight to a uniformly drawn point at constant speed, stops there for
 * the rest of the step, and draws the next one.
 */
export class RandomWaypoint implements Mobility {
  readonly moves = true;
  readonly #streams = new DeviceStreams();
  /** Per device: target x, target y, velocity x, velocity y (m a step), steps left. */
  #walk = new Float64Array(0);

  /**
   * @param stepM m a step
   * @param positions where the devices start, one per device, m; missing: uniform
   */
  constructor(
    readonly stepM: number,
    readonly positions?: readonly { readonly xM: number; readonly yM: number }[],
  ) {}

  reset(field: Field, seed: MobilitySeed): void {
    const devices = field.x.length;
    if (this.#walk.length !== devices * 5) this.#walk = new Float64Array(devices * 5);
    this.#streams.reset(devices, seed);
    for (let device = 0; device < devices; device++) {
      const start = this.positions?.[device];
      field.x[device] = start?.xM ?? this.#streams.uniform(device) * field.widthM;
      field.y[device] = start?.yM ?? this.#streams.uniform(device) * field.heightM;
      this.#drawWaypoint(field, device);
    }
  }

  #drawWaypoint(field: Field, device: number): void {
    const targetX = this.#streams.uniform(device) * field.widthM;
    const targetY = this.#streams.uniform(device) * field.heightM;
    this.#walk[device * 5] = targetX;
    this.#walk[device * 5 + 1] = targetY;
    this.#setOut(field, device);
  }

  /** Velocity and steps from where the device is to its waypoint. */
  #setOut(field: Field, device: number): void {
    const walk = this.#walk;
    const at = device * 5;
    const dx = walk[at] - field.x[device];
    const dy = walk[at + 1] - field.y[device];
    const distance = Math.sqrt(dx * dx + dy * dy);
    const steps = this.stepM > 0 ? Math.max(1, Math.ceil(distance / this.stepM)) : Infinity;
    const stride = distance > 0 ? this.stepM / distance : 0;
    walk[at + 2] = dx * stride;
    walk[at + 3] = dy * stride;
    walk[at + 4] = steps;
  }

  move(field: Field, _step: number, active: number): void {
    const { x, y } = field;
    const walk = this.#walk;
    for (let device = 0, at = 0; device < active; device++, at += 5) {
      if (--walk[at + 4] > 0) {
        x[device] += walk[at + 2];
        y[device] += walk[at + 3];
      } else {
        x[device] = walk[at];
        y[device] = walk[at + 1];
        this.#drawWaypoint(field, device);
      }
    }
  }

  takeOver(previous: Mobility, field: Field, seed: MobilitySeed): void {
    const devices = field.x.length;
    const walked = previous instanceof RandomWaypoint;
    if (walked) this.restore(previous.snapshot());
    else {
      this.#walk = new Float64Array(devices * 5);
      this.#streams.reset(devices, seed);
    }
    for (let device = 0; device < devices; device++) {
      if (walked) this.#setOut(field, device);
      else this.#drawWaypoint(field, device);
    }
  }

  snapshot(): number[] {
    // Infinity (a speed of 0) does not survive JSON, and no device that stands still needs its steps left.
    return [...this.#streams.states, ...this.#walk.map((value) => (value === Infinity ? -1 : value))];
  }

  restore(state: readonly number[]): void {
    const devices = state.length / (STREAM_WORDS + 5);
    this.#streams.states = Int32Array.from(state.slice(0, devices * STREAM_WORDS));
    this.#walk = Float64Array.from(state.slice(devices * STREAM_WORDS));
    for (let at = 4; at < this.#walk.length; at += 5) if (this.#walk[at] < 0) this.#walk[at] = Infinity;
  }
}

/** Devices that never move: where they were told to stand, or uniformly drawn over the area in every episode. */
export class StaticPlacement implements Mobility {
  readonly moves = false;
  readonly #streams = new DeviceStreams();

  /** @param positions one per device, m; missing: uniform */
  constructor(readonly positions?: readonly { readonly xM: number; readonly yM: number }[]) {}

  reset(field: Field, seed: MobilitySeed): void {
    const devices = field.x.length;
    if (this.positions === undefined) this.#streams.reset(devices, seed);
    for (let device = 0; device < devices; device++) {
      const position = this.positions?.[device];
      field.x[device] = position?.xM ?? this.#streams.uniform(device) * field.widthM;
      field.y[device] = position?.yM ?? this.#streams.uniform(device) * field.heightM;
    }
  }

  move(): void {}

  takeOver(_previous: Mobility, field: Field, seed: MobilitySeed): void {
    if (this.positions !== undefined) this.reset(field, seed);
  }
}
