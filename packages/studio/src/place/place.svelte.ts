import { cityDocument, type PartitionInstance, type PartitionMethod } from '@metalore/core/partition';
import { plainError, WorkerError, type PlainError } from '../shared/problem.js';
import { WorkerClient } from '../shared/rpc.js';
import { gridOf, paint } from './density.js';
import { readPlaceLink, writePlaceLink } from './link.js';
import type { PlaceHandlers, Solved } from './place-worker.js';
import { startPlace } from './start.js';

/** What is shown side by side. */
export const METHODS = ['snr', 'guarded', 'optimal'] as const satisfies readonly PartitionMethod[];
type Shown = (typeof METHODS)[number];
/** Cells along a side while something is dragged, and when it rests. */
const COARSE = 44;
const FINE = 100;

/** A method's last partition, or why there is none. */
export type Outcome = (Solved & { readonly columns: number; readonly rows: number }) | PlainError;

export function isSolved(outcome: Outcome | undefined): outcome is Extract<Outcome, Solved> {
  return outcome !== undefined && 'labels' in outcome;
}

/** The Place view: an instance of the partition problem, and what the methods make of it. */
export class Place {
  instance = $state.raw<PartitionInstance>();
  density = $state.raw<readonly (readonly number[])[]>([]);
  outcomes = $state.raw<Partial<Record<Shown, Outcome>>>({});
  error = $state.raw<PlainError>();
  twinCount = $state(60);
  spreadM = $state(310);
  /** The document that a link would have to hold, if it is not the city. */
  isCity = $state(true);
  painted = $state(false);

  readonly #client = new WorkerClient<PlaceHandlers>(startPlace, 30_000);
  #warm: Partial<Record<Shown, Solved['warmStart']>> = {};
  #wanted: 'coarse' | 'fine' | undefined;
  #running = false;

  /** What a link says of it; '' where it was opened or painted, which no link holds. */
  get query(): string {
    if (!this.isCity || this.painted || !this.instance) return '';
    return writePlaceLink({ twins: this.twinCount, spreadM: this.spreadM, servers: this.instance.servers });
  }

  /** Fields of the city that were changed, as the command line takes them. */
  get changes(): Record<string, number> {
    const moved: Record<string, number> = {};
    cityDocument().servers.forEach((server, at) => {
      const { x, y } = this.instance?.servers[at] ?? server;
      if (x !== server.x) moved[`servers[${at}].x`] = x;
      if (y !== server.y) moved[`servers[${at}].y`] = y;
    });
    return { 'twins.count': this.twinCount, 'density.stdM': this.spreadM, ...moved };
  }

  /** Shows what a link says; what it says wrong is left as it is. */
  async follow(query: string): Promise<void> {
    const { twins, spreadM, servers } = readPlaceLink(query);
    this.twinCount = twins ?? 60;
    this.spreadM = spreadM ?? 310;
    await this.city();
    const count = this.instance?.servers.length ?? 0;
    servers.slice(0, count).forEach(({ x, y }, at) => this.moveServer(at, x, y, true));
  }

  /** The calibrated city, with the sliders' values. */
  async city(): Promise<void> {
    const document = cityDocument({ twins: this.twinCount, densityStdM: this.spreadM });
    await this.#take(() => this.#client.call('resolve', document));
    this.isCity = true;
    this.painted = false;
  }

  async open(file: File): Promise<void> {
    await this.#take(async () => this.#client.call('open', { name: file.name, text: await file.text() }));
    this.isCity = false;
    this.painted = false;
  }

  async #take(read: () => Promise<PartitionInstance>): Promise<void> {
    try {
      const instance = await read();
      this.instance = instance;
      this.density = gridOf(instance);
      this.#warm = {};
      this.error = undefined;
      this.solve('fine');
    } catch (error) {
      this.error = error instanceof WorkerError ? error.plain : plainError(error);
    }
  }

  /** Moves a server, within the zone. @param resting whether this is where it stays */
  moveServer(index: number, x: number, y: number, resting: boolean): void {
    const { instance } = this;
    if (!instance) return;
    const within = (value: number, extent: number) => Math.round(Math.min(extent, Math.max(0, value)));
    const place = { x: within(x, instance.zone.widthM), y: within(y, instance.zone.heightM) };
    const servers = instance.servers.map((server, at) => (at === index ? { ...server, ...place } : server));
    this.instance = { ...instance, servers };
    this.solve(resting ? 'fine' : 'coarse');
  }

  /** Paints density at a place given as shares of the zone. */
  paint(x: number, y: number, amount: number): void {
    const { instance } = this;
    if (!instance) return;
    this.painted = true;
    this.density = paint(this.density, x, y, amount);
    this.instance = { ...instance, density: { model: 'grid', values: this.density.map((row) => [...row]) } };
    this.solve('coarse');
  }

  /** Asks for new partitions; while some are computed, only the last wish counts. */
  solve(wanted: 'coarse' | 'fine'): void {
    this.#wanted = wanted;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#wanted !== undefined && this.instance !== undefined) {
      const { instance } = this;
      const isFine = this.#wanted === 'fine';
      const cells = isFine ? FINE : COARSE;
      this.#wanted = undefined;
      const longer = Math.max(instance.zone.widthM, instance.zone.heightM);
      const columns = Math.max(1, Math.round((cells * instance.zone.widthM) / longer));
      const rows = Math.max(1, Math.round((cells * instance.zone.heightM) / longer));
      const outcomes: Partial<Record<Shown, Outcome>> = {};
      for (const method of METHODS) {
        const document = { ...instance, twins: [...instance.twins], grid: { columns, rows } };
        outcomes[method] = await this.#solveOne(method, document, isFine);
      }
      this.outcomes = outcomes;
    }
    this.#running = false;
  }

  async #solveOne(
    method: Shown,
    instance: Parameters<PlaceHandlers['solve']>[0]['document'],
    isFine: boolean,
  ): Promise<Outcome> {
    // At rest it is solved anew: the way there does not show, and the command line comes to the same.
    const isAnew = isFine || method === 'snr';
    const warmStart = isAnew ? undefined : (this.#warm[method] ?? this.#warm.guarded);
    try {
      const solved = await this.#client.call('solve', {
        document: instance,
        method,
        ...(warmStart && { warmStart }),
      });
      this.#warm[method] = solved.warmStart;
      return { ...solved, columns: instance.grid!.columns, rows: instance.grid!.rows };
    } catch (error) {
      delete this.#warm[method];
      return error instanceof WorkerError ? error.plain : plainError(error);
    }
  }
}
