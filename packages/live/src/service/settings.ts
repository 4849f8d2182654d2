import type { Rule } from '../analysis/rules.js';
import type { KeepRule } from '../ingest/minimise.js';

/** glTF models by name: a definition with `_` for every `:`. */
export type Models = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** What may be changed while it runs. */
export interface Settings {
  /** What raises alarms; without it, values that do not fit what came before. */
  readonly rules?: readonly Rule[] | undefined;
  /** Which properties are kept; without rules all are. */
  readonly keepRules?: readonly KeepRule[] | undefined;
  /** Messages a second that are taken in, shared by ρC; unlimited without it. */
  readonly ingestRate?: number | undefined;
  /** Messages a second of one client of the embedded broker; unlimited without it. */
  readonly clientRate?: number | undefined;
  /** Bytes a second of one client of the embedded broker; unlimited without it. */
  readonly clientBytesPerS?: number | undefined;
  /** Things that one connection to the embedded broker may speak for; unlimited without it. */
  readonly clientThings?: number | undefined;
  /** Values received longer ago are forgotten, ms; the ledger keeps their hashes. */
  readonly retentionMs?: number | undefined;
  /** What things look like in space. */
  readonly models?: Models | undefined;
  /** Pages from elsewhere that may ask, as `https://studio.example`. */
  readonly origins?: readonly string[] | undefined;
}
