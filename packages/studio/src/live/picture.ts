import type { Band } from './band.js';
import type { Place } from './place.js';
import type { Scene } from './scene.js';

/** A thing in the picture, in plan and in space alike. */
export interface Item {
  id: string;
  definition: string | undefined;
  xM: number;
  yM: number;
  band: Band;
  /** Where it truly is, as a fleet tells, or else where it probably is; undefined if neither is known. */
  ghost: Place | undefined;
  /** Radius of the uncertainty around the ghost, m; 0 where it is the truth. */
  haloM: number;
  /** Time since an alarm was raised, ms; −1 without one. */
  alarmedMs: number;
  /** Time since something of it came, ms; Infinity if that was before the page was opened. */
  heardMs: number;
}

/** A halo is not drawn wider than this, m: by then nothing is known of where a thing is. */
const MAX_HALO_M = 50;

/** What is to be drawn now. Items are used again for the next picture, as thousands are drawn thirty times a second. */
export class Picture {
  readonly #items: Item[] = [];
  /** Items of the present picture. */
  count = 0;

  /** @returns items, of which the first {@link count} hold */
  draw(scene: Scene): readonly Item[] {
    const now = scene.now();
    const clock = Date.now();
    const isPresent = scene.past === undefined;
    let count = 0;
    for (const thing of scene.shown.values()) {
      const { place, id } = thing;
      if (place === undefined) continue;
      const item = (this.#items[count++] ??= newItem());
      item.id = id;
      item.definition = thing.shown.definition;
      item.xM = place.xM;
      item.yM = place.yM;
      item.band = scene.bandOf(thing, now);
      const truth = isPresent ? scene.truth.get(id) : undefined;
      const predicted = isPresent && truth === undefined ? scene.motions.predict(id, now) : undefined;
      item.ghost = truth ?? predicted;
      item.haloM = Math.min(MAX_HALO_M, predicted?.radiusM ?? 0);
      const alarm = isPresent ? scene.alarms.get(id)?.[0] : undefined;
      item.alarmedMs = alarm === undefined ? -1 : Math.max(0, now - alarm.raisedAt);
      item.heardMs = isPresent ? clock - (scene.heardAt.get(id) ?? -Infinity) : Infinity;
    }
    this.count = count;
    return this.#items;
  }
}

const newItem = (): Item => ({
  id: '',
  definition: undefined,
  xM: 0,
  yM: 0,
  band: undefined as unknown as Band,
  ghost: undefined,
  haloM: 0,
  alarmedMs: -1,
  heardMs: Infinity,
});

/** How long an alarm's pulse lasts, ms: once, then it stays marked. */
const PULSE_MS = 1500;

const still = matchMedia('(prefers-reduced-motion: reduce)');

/** How far an alarm's pulse is, 0 to 1; 1 once it is over, and where nothing is to move that need not. */
export const pulseOf = (alarmedMs: number) => (still.matches ? 1 : Math.min(1, alarmedMs / PULSE_MS));

/** How long an arrival is shown as a line to the base station, ms. */
export const FLOW_MS = 300;
