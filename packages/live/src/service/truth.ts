import { parseJson } from '../message/bounded-json.js';
import { isThingId } from '../message/names.js';

/** Where a thing truly is, as only who plays the world can know. */
export interface TruePlace {
  readonly xM: number;
  readonly yM: number;
}

/** Topics `truth/{id}`: from `metalore fleet`, kept in memory alone. */
export const TRUTH_TOPIC = 'truth/';

/** True places of things and UEs, beside which the view draws what is believed. */
export class Truth {
  readonly places = new Map<string, TruePlace>();

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

function readPlace(payload: Uint8Array): TruePlace | undefined {
  try {
    const { xM, yM } = parseJson(payload) as Partial<Record<'xM' | 'yM', unknown>>;
    return typeof xM === 'number' && typeof yM === 'number' ? { xM, yM } : undefined;
  } catch {
    return undefined;
  }
}
