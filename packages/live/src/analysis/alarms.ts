import { isDeepStrictEqual } from 'node:util';
import type { Thing } from '../twin/thing.js';
import type { StoredUpdate } from '../twin/twins.js';
import { startKalman, update as updateKalman, type KalmanState } from './kalman.js';
import { matches } from '../message/pattern.js';
import type { Rule } from './rules.js';
import { SeasonalScore } from './seasonal.js';

export type AlarmKind = 'value' | 'age' | 'silence' | 'anomaly';

/** An alarm that was raised, and perhaps cleared. Times in ms since 1970. */
export interface Alarm {
  readonly rule: string;
  readonly kind: AlarmKind;
  readonly thing: string;
  readonly feature: string;
  readonly property: string;
  readonly raisedAt: number;
  clearedAt: number | null;
  /** What raised it: the value, an age in s, or a score in standard deviations. */
  readonly level: number;
}

/** What is remembered of a property for one rule. */
interface Memory {
  readonly rule: Rule;
  readonly thing: string;
  readonly feature: string;
  readonly property: string;
  readonly alarms: Partial<Record<AlarmKind, Alarm>>;
  kalman: KalmanState | undefined;
  seasonal: SeasonalScore | undefined;
  /** Updates in a row that were normal, after an anomaly. */
  calm: number;
}

/** Normal values in a row that clear an anomaly. */
const CALM = 5;
/** An age or silence alarm is cleared below this share of its limit. */
const CLEARED_BELOW = 0.8;
/** Alarms that are remembered after they were cleared. */
const KEPT = 1000;

/** Watches all twins by rules, with hysteresis: an alarm is raised once, and cleared once. */
export class Alarms {
  #rules: readonly Rule[];
  readonly #memories = new Map<string, Memory[]>();
  readonly #listen: (alarm: Alarm) => void;
  readonly active = new Set<Alarm>();
  readonly cleared: Alarm[] = [];

  /** @param listen told of every alarm when it is raised, and again when it is cleared */
  constructor(rules: readonly Rule[], listen: (alarm: Alarm) => void) {
    this.#rules = rules;
    this.#listen = listen;
  }

  /** Watches by other rules from now on; what was raised by the old ones is cleared. @param now ms since 1970 */
  watch(rules: readonly Rule[], now: number): void {
    if (isDeepStrictEqual(rules, this.#rules)) return;
    this.#rules = rules;
    this.#memories.clear();
    for (const alarm of this.active) this.#clear(alarm, now);
  }

  /** Looks at an update that came into its twin. @param now ms since 1970 */
  observe({ thing, t, features }: StoredUpdate, now: number): void {
    if (this.#rules.length === 0) return;
    for (const [feature, values] of Object.entries(features)) {
      for (const [property, value] of Object.entries(values)) {
        if (typeof value !== 'number') continue;
        for (const memory of this.#memoriesOf(thing, feature, property)) {
          this.#value(memory, value, now);
          this.#anomaly(memory, t / 1000, value, now);
        }
      }
    }
  }

  /** Looks at how old everything is. @param now ms since 1970 */
  tick(things: Iterable<Thing>, now: number): void {
    const aging = this.#rules.filter(({ ageS, silenceS }) => ageS !== undefined || silenceS !== undefined);
    if (aging.length === 0) return;
    for (const { id, registers } of things) {
      for (const [feature, properties] of registers) {
        for (const [property, { t, age }] of properties) {
          for (const memory of this.#memoriesOf(id, feature, property)) {
            const { ageS, silenceS } = memory.rule;
            this.#old(memory, 'age', ageS, (now - t) / 1000, now);
            this.#old(memory, 'silence', silenceS, (now - age.delivered) / 1000, now);
          }
        }
      }
    }
  }

  #memoriesOf(thing: string, feature: string, property: string): Memory[] {
    const key = `${thing}/${feature}/${property}`;
    let known = this.#memories.get(key);
    if (known === undefined) {
      known = this.#rules
        .filter(
          (rule) =>
            matches(rule.thing, thing) &&
            matches(rule.feature, feature) &&
            matches(rule.property, property) &&
            !rule.exceptFeatures.includes(feature),
        )
        .map((rule) => ({
          rule,
          thing,
          feature,
          property,
          alarms: {},
          kalman: undefined,
          seasonal: undefined,
          calm: 0,
        }));
      this.#memories.set(key, known);
    }
    return known;
  }

  #value(memory: Memory, value: number, now: number): void {
    const { value: band } = memory.rule;
    if (band === undefined) return;
    const { above = Infinity, below = -Infinity, hysteresis } = band;
    const outside = value > above || value < below;
    const inside = value <= above - hysteresis && value >= below + hysteresis;
    this.#set(memory, 'value', outside, inside, value, now);
  }

  #anomaly(memory: Memory, t: number, value: number, now: number): void {
    const { anomaly } = memory.rule;
    if (anomaly === undefined) return;
    const score = anomalyScore(memory, t, value);
    const strange = Math.abs(score) > anomaly.threshold;
    memory.calm = strange ? 0 : memory.calm + 1;
    this.#set(memory, 'anomaly', strange, memory.calm >= CALM, score, now);
  }

  #old(memory: Memory, kind: 'age' | 'silence', limit: number | undefined, age: number, now: number): void {
    if (limit === undefined) return;
    this.#set(memory, kind, age > limit, age < limit * CLEARED_BELOW, age, now);
  }

  #set(
    { rule, thing, feature, property, alarms }: Memory,
    kind: AlarmKind,
    raise: boolean,
    clear: boolean,
    level: number,
    now: number,
  ): void {
    const alarm = alarms[kind];
    if (alarm === undefined && raise) {
      const raised: Alarm = {
        rule: rule.name,
        kind,
        thing,
        feature,
        property,
        raisedAt: now,
        clearedAt: null,
        level,
      };
      alarms[kind] = raised;
      this.active.add(raised);
      this.#listen(raised);
    } else if (alarm !== undefined && clear) {
      delete alarms[kind];
      this.#clear(alarm, now);
    }
  }

  #clear(alarm: Alarm, now: number): void {
    alarm.clearedAt = now;
    this.active.delete(alarm);
    this.cleared.push(alarm);
    if (this.cleared.length > KEPT) this.cleared.shift();
    this.#listen(alarm);
  }
}

/** How far a value stands from what was expected, in standard deviations. */
function anomalyScore(memory: Memory, t: number, value: number): number {
  const { method, periodS } = memory.rule.anomaly!;
  if (method === 'seasonal') return (memory.seasonal ??= new SeasonalScore(periodS)).score(t, value);
  if (memory.kalman === undefined) {
    memory.kalman = startKalman(t, value);
    return 0;
  }
  // What comes late is history: the filter has passed its time.
  return t < memory.kalman.t ? 0 : updateKalman(memory.kalman, t, value);
}
