import type { Json } from '../message/bounded-json.js';
import type { Update } from '../message/update.js';
import type { Hash, SignedRoot, TreeSource } from '../ledger/index.js';
import type { SavedThing } from '../twin/saved.js';
import type { StoredUpdate } from '../twin/twins.js';

/** An update with what the store needs beside it. */
export interface Arrival {
  readonly update: Update;
  /** ms since 1970 */
  readonly received: number;
  readonly leaf: Hash;
}

/** What became of an arrival: its place in the ledger, or that its key was there. */
export type Outcome =
  | { readonly kind: 'stored'; readonly position: number }
  /** The same update came before. */
  | { readonly kind: 'duplicate' }
  /** Another update with the same (thing, t, seq) came before, and stays. */
  | { readonly kind: 'conflict' };

/** A value of one property in history. */
export interface Point {
  readonly t: number;
  readonly seq: number;
  readonly received: number;
  readonly value: Json;
}

/** Where a page of history begins and ends. Times in ms; both ends belong to it. */
export interface PointQuery {
  readonly from: number;
  readonly to: number;
  /** Only what comes after this key. */
  readonly after: { readonly t: number; readonly seq: number } | undefined;
  readonly limit: number;
}

/** A moment, ms: of measuring, of receiving, or both. */
export interface Then {
  readonly measured: number;
  readonly received: number;
}

/** A row of history with its leaf. */
export interface Row extends StoredUpdate {
  readonly leaf: Hash;
}

/** A row as a check of the ledger reads it: nothing in it is believed. */
export interface LedgerRow {
  readonly position: number;
  readonly thing: string;
  readonly t: number;
  readonly seq: number;
  /** JSON */
  readonly features: string | null;
  readonly leaf: Hash;
}

/** Keeps history, twins and the ledger. One commit holds an update in all three, or in none. */
export interface Store extends TreeSource {
  /** Number of rows in the ledger. */
  readonly size: number;
  /** The root over all of them. */
  root(): Hash;
  /** Position up to which (exclusive) the saved twins hold all updates. */
  readonly savedSize: number;
  savedThings(): Promise<SavedThing[]>;
  /** Rows from a position on, at most `limit`. */
  rows(from: number, limit: number): Promise<StoredUpdate[]>;
  /** Stores arrivals in one transaction; when it resolves they outlive a crash. */
  commit(arrivals: readonly Arrival[]): Promise<Outcome[]>;
  /** Saves twins. @param size place in the ledger before which they hold all updates */
  saveThings(things: readonly SavedThing[], size: number): Promise<void>;
  /** Says that every twin is saved with all updates before `size`. */
  setSavedSize(size: number): Promise<void>;
  remove(id: string): Promise<void>;
  points(thing: string, feature: string, property: string, query: PointQuery): Promise<Point[]>;
  /** The last `count` values of a property by (t, seq), oldest first. */
  latest(thing: string, feature: string, property: string, count: number): Promise<Point[]>;
  /** Rows of a thing, freshest first, among those measured and received by then. */
  before(thing: string, then: Then, limit: number): Promise<Row[]>;
  /** The row of a key; the newest of the thing without one. */
  find(thing: string, key: { t?: number | undefined; seq?: number | undefined }): Promise<Row | undefined>;
  /** Rows from a position on with their leaves, also those whose values were forgotten (`null`). */
  ledger(from: number, limit: number): Promise<LedgerRow[]>;
  /** Where other processes write too: place up to which their rows have been told as well. */
  readonly followed?: number;
  /** Whether a leaf stands anywhere in the ledger. */
  holds(leaf: Hash): Promise<boolean>;
  roots(): Promise<SignedRoot[]>;
  addRoot(root: SignedRoot): Promise<void>;
  lastRoot(): Promise<SignedRoot | undefined>;
  /** Forgets the values (not the leaves) of rows received before a time. @returns how many */
  forget(before: number): Promise<number>;
  /** Rows that other processes have stored since the last call; undefined where there are no others. */
  readonly others?: () => Promise<StoredUpdate[]>;
  close(): Promise<void>;
}
