import '../shared/jitless.js';
import { InvalidInputError } from '@metalore/core/errors';
import {
  parsePartitionInstance,
  solvePartition,
  type PartitionDocument,
  type PartitionInstance,
  type PartitionMethod,
  type ServerShare,
  type WarmStart,
} from '@metalore/core/partition';
import { parseDocument } from 'yaml';
import { Moved, serve } from '../shared/rpc.js';
import { sitesDocument } from './sites.js';

const LIMITS = { bytes: 4_000_000, servers: 64, twins: 2000, cells: 40_000 } as const;

/** A partition as the page draws it. */
export interface Solved {
  readonly labels: Uint16Array;
  readonly objectiveMs: number;
  readonly perServer: readonly ServerShare[];
  /** Server of every twin. */
  readonly twins: readonly number[];
  readonly warmStart: WarmStart;
  readonly ms: number;
}

const handlers = {
  /** Cuts the zone by one method. */
  solve({
    document,
    method,
    warmStart,
  }: {
    document: PartitionDocument;
    method: PartitionMethod;
    warmStart?: WarmStart;
  }) {
    const instance = parsePartitionInstance(document);
    const start = performance.now();
    const {
      labels,
      objectiveMs,
      perServer,
      twins,
      warmStart: next,
    } = solvePartition(instance, {
      method,
      lowerBound: false,
      ...(warmStart && { warmStart }),
    });
    const ms = performance.now() - start;
    const solved: Solved = { labels, objectiveMs, perServer, twins, warmStart: next, ms };
    return new Moved(solved, [labels.buffer as ArrayBuffer]);
  },
  /** The instance behind a document, with its twins in their places and its density on a grid. */
  resolve: (document: PartitionDocument) => resolved(parsePartitionInstance(document)),
  /** Reads an instance (YAML or JSON) or base-station sites (CSV) that somebody opened. */
  open({ name, text }: { name: string; text: string }) {
    if (text.length > LIMITS.bytes)
      refuse(name, `${text.length} characters; the studio takes at most ${LIMITS.bytes}`);
    const document = /\.csv$/i.test(name)
      ? sitesDocument(name, text, LIMITS.servers)
      : instanceDocument(name, text);
    return resolved(parsePartitionInstance(document, name));
  },
};

export type PlaceHandlers = typeof handlers;

function instanceDocument(name: string, text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: true });
  const [error] = document.errors;
  if (error) refuse(name, error.message.split('\n')[0]);
  return document.toJS({ maxAliasCount: 100 });
}

function resolved(instance: PartitionInstance): PartitionInstance {
  const { servers, twins, grid } = instance;
  if (servers.length > LIMITS.servers)
    refuse('servers', `${servers.length}; the studio takes at most ${LIMITS.servers}`);
  if (twins.length > LIMITS.twins)
    refuse('twins', `${twins.length}; the studio takes at most ${LIMITS.twins}`);
  if (grid.columns * grid.rows <= LIMITS.cells) return instance;
  const factor = Math.sqrt(LIMITS.cells / (grid.columns * grid.rows));
  const less = { columns: Math.floor(grid.columns * factor), rows: Math.floor(grid.rows * factor) };
  return { ...instance, grid: less };
}

function refuse(path: string, message: string): never {
  throw new InvalidInputError('partition instance', [{ path, message }]);
}

serve(handlers);
