import { parseJson } from '../message/bounded-json.js';
import { isThingId } from '../message/names.js';
import { asPlace, type Place } from '../twin/place.js';

/** Topics `truth/{id}`: from `metalore fleet`, kept in memory alone. */
export const TRUTH_TOPIC = 'truth/';

/** True places of things and UEs, beside which the view draws what is believed. */
export class Truth {
  readonly places = new Map<string, Place>();

  /** @param onPlace told of every thing whose place is told */
  constructor(
    readonly maxThings: number,
    readonly onPlace: (id: string) => void,
  ) {}

  /** Takes `truth/{id}`: `{ "xM", "yM" }`; what is no place is passed over. */
  take(topic: string, payload: Uint8Array): void {
    const id = topic.slice(TRUTH_TOPIC.length);
    if (!isThingId(id) || (!this.places.has(id) && this.places.size >= this.maxThings)) return;
    const place = readPlace(payload);
    if (place === undefined) return;
    this.places.set(id, place);
    this.onPlace(id);
  }
}

function readPlace(payload: Uint8Array): Place | undefined {
  try {
    return asPlace(parseJson(payload));
  } catch {
    return undefined;
  }
}
