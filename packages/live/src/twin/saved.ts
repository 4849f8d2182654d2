import type { Json } from '../message/bounded-json.js';
import type { ThingDocument } from '../message/update.js';
import type { AgeState } from './age.js';
import { newThing, type Thing } from './thing.js';

/** A twin as the store keeps it: plain JSON, small names, as there are many. */
export interface SavedThing {
  readonly id: string;
  readonly state: string;
}

interface State {
  readonly d: ThingDocument;
  readonly r: number;
  readonly c: number;
  readonly m: number;
  readonly f: Record<string, Record<string, SavedRegister>>;
  readonly o: readonly [shortest: number | null, before: number | null, count: number];
}

type SavedRegister = readonly [value: Json, t: number, seq: number, age: readonly number[]];

/** A twin as the store keeps it. */
export function saveThing(thing: Thing): SavedThing {
  const f: State['f'] = {};
  for (const [feature, registers] of thing.registers) {
    f[feature] = Object.fromEntries(
      [...registers].map(([property, { value, t, seq, age }]) => {
        const { since, delivered, doubledArea, peakSum, peaks, peakMax } = age;
        return [property, [value, t, seq, [since, delivered, doubledArea, peakSum, peaks, peakMax]]];
      }),
    );
  }
  const { shortest, before, count } = thing.clock;
  const finite = (x: number) => (x === Infinity ? null : x);
  const state: State = {
    d: thing.document,
    r: thing.revision,
    c: thing.created,
    m: thing.modified,
    f,
    o: [finite(shortest), finite(before), count],
  };
  return { id: thing.id, state: JSON.stringify(state) };
}

/** The inverse of {@link saveThing}. */
export function loadThing({ id, state }: SavedThing): Thing {
  const { d, r, c, m, f, o } = JSON.parse(state) as State;
  const thing = newThing(id, c);
  thing.document = d;
  thing.revision = r;
  thing.modified = m;
  for (const [feature, registers] of Object.entries(f)) {
    const map = new Map();
    for (const [property, [value, t, seq, age]] of Object.entries(registers)) {
      map.set(property, { value, t, seq, age: loadAge(age) });
    }
    thing.registers.set(feature, map);
  }
  Object.assign(thing.clock, { shortest: o[0] ?? Infinity, before: o[1] ?? Infinity, count: o[2] });
  return thing;
}

function loadAge([since, delivered, doubledArea, peakSum, peaks, peakMax]: readonly number[]): AgeState {
  return { since, delivered, doubledArea, peakSum, peaks, peakMax };
}
