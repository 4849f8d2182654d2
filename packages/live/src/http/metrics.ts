import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { z } from 'zod';
import type { Frames } from '../service/frames.js';
import type { Live } from '../service/live.js';
import { route, type Route } from './route.js';

/** Upper edges of ages and times, s. */
const AGE_EDGES_S = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3600];
const COMMIT_EDGES_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
/** Most namespaces that are told apart; strangers may make as many as they like. */
const MAX_NAMESPACES = 20;
const OTHER = 'other';

/** `GET /metrics`: the sub-metaverse as Prometheus reads it. */
export function metricsRoute(live: Live, frames: Frames): Route {
  const registry = metricsOf(live, frames);
  return route({
    method: 'get',
    path: '/metrics',
    need: 'read',
    summary: 'Ages, queues, splits, counts, commits and memory, for Prometheus',
    answers: { 200: z.string() },
    handle: async () =>
      new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } }),
  });
}

function metricsOf(live: Live, frames: Frames): Registry {
  const registers = [new Registry()];
  collectDefaultMetrics({ register: registers[0] });
  const gauge = (
    name: string,
    help: string,
    read: (gauge: Gauge<string>) => void,
    labelNames: string[] = [],
  ) =>
    new Gauge({
      name: `metalore_${name}`,
      help,
      labelNames,
      registers,
      collect() {
        read(this);
      },
    });
  const total = (name: string, help: string, read: () => Record<string, number>, label: string) =>
    new Counter({
      name: `metalore_${name}_total`,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(read())) this.inc({ [label]: value }, count);
      },
    });
  const { counts } = live;
  total(
    'updates',
    'Updates by what became of them',
    () => ({ accepted: counts.accepted, duplicate: counts.duplicates }),
    'outcome',
  );
  total('refused', 'Messages refused, by why', () => counts.refused, 'kind');
  total(
    'requests',
    'Requests received and answered',
    () => ({ received: counts.requests, answered: counts.replies }),
    'state',
  );
  gauge('dropped_properties', 'Properties that may not be kept', (own) => own.set(counts.dropped));
  gauge('denied', 'Calls denied since the start', (own) => own.set(live.audit.denied));
  gauge('things', 'Twins', (own) => own.set(live.twins.size));
  gauge('history_rows', 'Rows of the ledger', (own) => own.set(live.store.size));
  gauge('alarms', 'Alarms that are raised', (own) => own.set([...live.alarms.active].length));
  gauge(
    'stream_clients',
    'Readers of changes and of frames',
    (own) => {
      const forFrames = frames.readers > 0 ? 1 : 0;
      own.set({ stream: 'changes' }, live.listenerCount('change') - forFrames);
      own.set({ stream: 'frames' }, frames.readers);
    },
    ['stream'],
  );
  gauge('ready', '1 if store and broker can be reached', (own) => own.set(live.isReady ? 1 : 0));
  gauge(
    'queue_length',
    'Jobs and messages that wait',
    (own) => {
      for (const [queue, length] of Object.entries(live.queues)) own.set({ queue }, length);
    },
    ['queue'],
  );
  gauge(
    'split',
    'Share of requests, of bandwidth (rhoC) and compute (rhoP)',
    (own) => {
      for (const [resource, share] of Object.entries(live.cell?.splits ?? {})) own.set({ resource }, share);
    },
    ['resource'],
  );
  gauge('age_seconds_bucket', 'Properties by their age now, at most le', (own) => tellAges(live, own), [
    'namespace',
    'le',
  ]);
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `metalore_${name}_seconds`, help, buckets, registers });
  const [aosi, aori] = ['aosi', 'aori'].map((name) =>
    histogram(name, `${name === 'aosi' ? 'AoSI' : 'AoRI'} of answered requests`, AGE_EDGES_S),
  );
  live.on('answered', ({ aosiS, aoriS }) => {
    if (aosiS !== null) aosi.observe(aosiS);
    aori.observe(aoriS);
  });
  const commit = histogram('commit', 'How long commits took', COMMIT_EDGES_S);
  live.on('commit', (seconds) => commit.observe(seconds));
  return registers[0];
}

/** Counts the ages of all properties, as a histogram of what is and not of what was. */
function tellAges(live: Live, gauge: Gauge<string>): void {
  const now = live.now();
  const byNamespace = new Map<string, Float64Array>();
  for (const { id, registers } of live.twins.all()) {
    const own = id.slice(0, id.indexOf(':'));
    const namespace = byNamespace.has(own) || byNamespace.size < MAX_NAMESPACES ? own : OTHER;
    let counts = byNamespace.get(namespace);
    if (counts === undefined) byNamespace.set(namespace, (counts = new Float64Array(AGE_EDGES_S.length + 1)));
    for (const properties of registers.values()) {
      for (const { t } of properties.values()) {
        const age = (now - t) / 1000;
        let at = 0;
        while (at < AGE_EDGES_S.length && age > AGE_EDGES_S[at]) at++;
        counts[at]++;
      }
    }
  }
  gauge.reset();
  for (const [namespace, counts] of byNamespace) {
    let below = 0;
    counts.forEach((count, at) =>
      gauge.set({ namespace, le: String(AGE_EDGES_S[at] ?? '+Inf') }, (below += count)),
    );
  }
}
