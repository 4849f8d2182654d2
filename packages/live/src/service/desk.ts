import type { Splits } from '../ingest/sub-metaverse.js';
import type { LiveRequest } from '../message/request.js';
import type { Twins } from '../twin/twins.js';
import type { WaitingRequest } from './cell.js';
import { RecentMean } from './recent-mean.js';
import { answer, notFound, type Reply } from './reply.js';

/** Ages of a request, s. */
export interface RequestAges {
  /** Null where the thing has no values yet. */
  readonly aosiS: number | null;
  readonly aoriS: number;
}

/** Requests over which the mean ages are taken. */
const RECENT = 1000;

/** Answers requests from the twins, and keeps the ages of the last ones. */
export class Desk {
  readonly #aosi = new RecentMean(RECENT);
  readonly #aori = new RecentMean(RECENT);

  /** @param send told of every reply; with the ages of the request, if it was answered */
  constructor(
    readonly twins: Twins,
    readonly send: (reply: Reply, ages?: RequestAges) => void,
  ) {}

  /** Mean ages over the last thousand answered requests, s; null before the first. */
  get recentAges(): { aosiS: number | null; aoriS: number | null } {
    return { aosiS: this.#aosi.mean(), aoriS: this.#aori.mean() };
  }

  /** @param startedAt when its computation began, ms since 1970; NaN if in the same step */
  answer(
    { request, received, view }: WaitingRequest,
    startedAt: number,
    now: number,
    splits: Splits | undefined,
  ): void {
    const thing = this.twins.get(request.thing);
    if (thing === undefined) return this.refuse(request, 'was removed');
    const times = { received, startedAt: Number.isNaN(startedAt) ? now : startedAt, completed: now };
    const reply = answer(request, thing, times, splits, view);
    const { aosiS } = reply.payload as { aosiS: number | null };
    const aoriS = (now - request.t) / 1000;
    if (aosiS !== null) this.#aosi.add(aosiS);
    this.#aori.add(aoriS);
    this.send(reply, { aosiS, aoriS });
  }

  /** Says that a thing cannot be had. @param why as in `does not exist` */
  refuse(request: LiveRequest, why: string): void {
    this.send(notFound(request, why));
  }
}
