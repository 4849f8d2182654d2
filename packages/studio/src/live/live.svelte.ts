import { readFrames, type Connection, type Frame } from './frames.js';
import { Scene } from './scene.js';
import type { WhatIf } from '@metalore/live/what-if';

/** Of a server alone: a link that names another one is not shown it. */
const tokenKey = (server: string) => `metalore-live-token ${server}`;
/** Moments that are kept for the lines over time: two minutes at ten frames a second. */
const MOST_PAST = 1200;

/** A moment of the cell. */
export interface Moment {
  readonly now: number;
  readonly rhoC: number;
  readonly rhoP: number;
  readonly requests: number;
  readonly updates: number;
}

/** Where the sub-metaverse is: that of `?live=URL`, or the one that serves this page; a URL that ends in a slash. */
function serverOf(): string {
  const named = new URLSearchParams(location.search).get('live') ?? '.';
  const url = URL.canParse(named, document.baseURI)
    ? new URL(named, document.baseURI)
    : new URL(document.baseURI);
  return `${url.origin}${url.pathname.replace(/[^/]*$/, '')}`;
}

/** A live sub-metaverse. */
export class LiveState {
  readonly server = serverOf();
  connection = $state<Connection>('connecting');
  token = $state(sessionStorage.getItem(tokenKey(this.server)) ?? '');
  frame = $state.raw<Frame>();
  /** Counts frames and half seconds: what is derived from the scene reads it. */
  version = $state(0);
  readonly scene = new Scene();
  past = $state.raw<readonly Moment[]>([]);
  chosen = $state('');
  whatIf = $state.raw<WhatIf>();
  #end: (() => void) | undefined;

  connect(): void {
    this.#end?.();
    sessionStorage.setItem(tokenKey(this.server), this.token);
    this.connection = 'connecting';
    this.#end = readFrames(this.server, this.token.trim(), {
      onState: (state) => (this.connection = state),
      onFrame: (frame, isFirst) => this.#take(frame, isFirst),
    });
  }

  disconnect(): void {
    this.#end?.();
    this.#end = undefined;
  }

  #take(frame: Frame, isFirst: boolean): void {
    this.scene.take(frame, isFirst);
    const { splits, queues, now } = frame;
    if (splits !== null) {
      const { requests = 0, updates = 0 } = queues;
      this.past = [...this.past.slice(1 - MOST_PAST), { now, ...splits, requests, updates }];
    }
    this.frame = frame;
    this.version++;
  }
}
