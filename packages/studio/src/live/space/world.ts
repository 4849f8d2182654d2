import {
  BoxGeometry,
  Color,
  ConeGeometry,
  DirectionalLight,
  GridHelper,
  Group,
  HemisphereLight,
  LineBasicMaterial,
  MeshBasicMaterial,
  Scene as Space,
  SphereGeometry,
  TorusGeometry,
} from 'three';
import type { Colours } from '../../shared/theme.svelte.js';
import { BANDS, type Band } from '../band.js';
import type { ShownCell } from '../frames.js';
import { FLOW_MS, pulseOf, type Item } from '../picture.js';
import type { Place } from '../place.js';
import { Instances } from './instances.js';
import { Lines } from './lines.js';
import type { Models } from './models.js';
import { shaded, shapeOf } from './shapes.js';

/** What is drawn. */
export interface WorldPicture {
  readonly items: readonly Item[];
  readonly count: number;
  readonly cell: ShownCell | null;
  readonly queues: Readonly<Record<string, number>>;
  readonly chosen: string;
}

/** Of a body, over the extent of the area. */
const BODY_SHARE = 1 / 90;
/** The longest queue that has its full height, jobs, and that height over the extent. */
const FULL_QUEUE = 100;
const QUEUE_SHARE = 0.18;
/** Marks stand so far above a model, over the body's radius. */
const ABOVE = 1.4;

/** The scene in space: the same things, ghosts, halos, alarms and flows as the plan, in metres, north away from us. */
export class World {
  readonly space = new Space();
  /** Everything but the light, in metres around the middle of the area. */
  readonly root = new Group();
  /** Extent of the area, m. */
  extentM = 1;
  #middle: Place = { xM: 0, yM: 0 };
  readonly #bands: ReadonlyMap<Band, Instances>;
  readonly #ghosts: Instances;
  readonly #halos: Instances;
  readonly #alarms: Instances;
  readonly #chosen: Instances;
  readonly #mast: Instances;
  readonly #queues: { readonly requests: Instances; readonly updates: Instances };
  readonly #distances: Lines;
  readonly #flows: Lines;
  #grid: GridHelper | undefined;
  #area = '';
  readonly #paints: { set(colours: Colours): void }[] = [];

  readonly models: Models;

  /** @param modelsOn makes what draws models, on the ground that it is given */
  constructor(modelsOn: (root: Group) => Models) {
    this.models = modelsOn(this.root);
    this.space.add(this.root, new HemisphereLight('#ffffff', '#8090a0', 2.2));
    const sun = new DirectionalLight('#ffffff', 1.6);
    sun.position.set(1, 2, 1.5);
    this.space.add(sun);
    const { root } = this;
    const solid = (colourOf: (colours: Colours) => string) =>
      this.#painted(new MeshBasicMaterial({ vertexColors: true }), colourOf);
    const flat = (colourOf: (colours: Colours) => string, opacity: number) =>
      this.#painted(
        new MeshBasicMaterial({ transparent: opacity < 1, opacity, depthWrite: opacity === 1 }),
        colourOf,
      );
    const line = (colourOf: (colours: Colours) => string) => this.#painted(new LineBasicMaterial(), colourOf);
    this.#bands = new Map(
      BANDS.map((band) => {
        const material = solid(({ theme }) => (theme === 'dark' ? band.darkColour : band.colour));
        return [band, new Instances(root, shaded(shapeOf(band.shape)), material)];
      }),
    );
    const ring = (tube: number) => new TorusGeometry(1, tube, 3, 12).rotateX(Math.PI / 2);
    this.#ghosts = new Instances(
      root,
      ring(0.14),
      flat(({ muted }) => muted, 1),
    );
    this.#halos = new Instances(
      root,
      new SphereGeometry(1, 8, 5),
      flat(({ muted }) => muted, 0.16),
    );
    this.#alarms = new Instances(
      root,
      ring(0.1),
      flat(({ ink }) => ink, 1),
    );
    this.#chosen = new Instances(
      root,
      ring(0.06),
      flat(({ ink }) => ink, 1),
    );
    this.#mast = new Instances(
      root,
      shaded(new ConeGeometry(0.35, 1, 6).translate(0, 0.5, 0)),
      solid(({ ink }) => ink),
    );
    const column = () => shaded(new BoxGeometry(1, 1, 1).translate(0, 0.5, 0));
    this.#queues = {
      requests: new Instances(
        root,
        column(),
        solid(({ requests }) => requests),
      ),
      updates: new Instances(
        root,
        column(),
        solid(({ updates }) => updates),
      ),
    };
    this.#distances = new Lines(
      root,
      line(({ muted }) => muted),
    );
    this.#flows = new Lines(
      root,
      line(({ requests }) => requests),
    );
  }

  paint(colours: Colours): void {
    this.space.background = new Color(colours.panel);
    for (const paint of this.#paints) paint.set(colours);
    this.#area = ''; // the ground is drawn anew
  }

  draw(picture: WorldPicture, colours: Colours): void {
    this.#fit(picture, colours);
    const all = [this.#ghosts, this.#halos, this.#alarms, this.#chosen, this.#mast, ...this.#bands.values()];
    const { requests, updates } = this.#queues;
    const parts = [...all, requests, updates, this.#distances, this.#flows, this.models];
    for (const part of parts) part.begin();
    if (picture.cell !== null) this.#drawCell(picture.cell, picture.queues);
    for (let at = 0; at < picture.count; at++) this.#drawItem(picture.items[at]!, picture);
    for (const part of parts) part.end();
  }

  /** From the area's metres to ours: x to the east, z to the south. */
  x(xM: number): number {
    return xM - this.#middle.xM;
  }

  z(yM: number): number {
    return this.#middle.yM - yM;
  }

  /** Radius of a body, m. */
  get bodyM(): number {
    return Math.max(0.2, this.extentM * BODY_SHARE);
  }

  dispose(): void {
    const { requests, updates } = this.#queues;
    const instances = [this.#ghosts, this.#halos, this.#alarms, this.#chosen, this.#mast, requests, updates];
    for (const part of [...instances, ...this.#bands.values(), this.#distances, this.#flows]) part.dispose();
    this.#grid?.dispose();
    this.models.dispose();
  }

  #painted<M extends { color: Color }>(material: M, colourOf: (colours: Colours) => string): M {
    this.#paints.push({ set: (colours) => material.color.set(colourOf(colours)) });
    return material;
  }

  #drawItem(item: Item, { chosen, cell }: WorldPicture): void {
    const { id, definition, xM, yM, band, ghost, haloM, alarmedMs, heardMs } = item;
    const [x, z, body] = [this.x(xM), this.z(yM), this.bodyM];
    const modelM = definition === undefined ? 0 : this.models.put(definition, x, z, body);
    const y = modelM === 0 ? body : modelM + ABOVE * body;
    this.#bands.get(band)!.put(x, y, z, modelM === 0 ? body : 0.6 * body);
    if (ghost !== undefined) {
      const [toX, toZ] = [this.x(ghost.xM), this.z(ghost.yM)];
      this.#distances.put(x, y, z, toX, body, toZ);
      if (haloM === 0) this.#ghosts.put(toX, body, toZ, body);
      else this.#halos.put(toX, body, toZ, Math.max(body, haloM));
    }
    if (alarmedMs >= 0) this.#alarms.put(x, y, z, body * (2 + 3 * (1 - pulseOf(alarmedMs))));
    if (id === chosen) this.#chosen.put(x, y, z, 2.6 * body);
    if (cell !== null && heardMs < FLOW_MS) {
      this.#flows.put(x, y, z, this.x(cell.xM), cell.heightM, this.z(cell.yM));
    }
  }

  /** The mast, and beside it a column for each queue. */
  #drawCell({ xM, yM, heightM }: ShownCell, queues: Readonly<Record<string, number>>): void {
    const [x, z, width] = [this.x(xM), this.z(yM), this.extentM / 50];
    this.#mast.put(x, 0, z, width, heightM);
    for (const [side, kind] of (['requests', 'updates'] as const).entries()) {
      const share = Math.min(1, (queues[kind] ?? 0) / FULL_QUEUE);
      const height = Math.max(0.001, share * QUEUE_SHARE) * this.extentM;
      this.#queues[kind].put(x + (side + 1) * 1.5 * width, 0, z, width, height);
    }
  }

  /** Lets the ground be as large as what stands on it. */
  #fit({ items, count, cell }: WorldPicture, colours: Colours): void {
    let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity];
    if (cell !== null) [west, east, south, north] = [0, cell.area.widthM, 0, cell.area.heightM];
    else {
      for (let at = 0; at < count; at++) {
        const { xM, yM } = items[at]!;
        west = Math.min(west, xM);
        east = Math.max(east, xM);
        south = Math.min(south, yM);
        north = Math.max(north, yM);
      }
    }
    if (west > east) return;
    // In steps of a fifth, so that the ground does not tremble as things move.
    const step = (value: number, round: (value: number) => number) => {
      const unit = 10 ** Math.floor(Math.log10(Math.max(1, east - west, north - south)));
      return round(value / unit) * unit;
    };
    const bounds = [
      step(west, Math.floor),
      step(east, Math.ceil),
      step(south, Math.floor),
      step(north, Math.ceil),
    ];
    const area = bounds.join();
    if (area === this.#area) return;
    this.#area = area;
    const [w, e, s, n] = bounds as [number, number, number, number];
    this.extentM = Math.max(1, e - w, n - s);
    this.#middle = { xM: (w + e) / 2, yM: (s + n) / 2 };
    if (this.#grid !== undefined) {
      this.root.remove(this.#grid);
      this.#grid.dispose();
    }
    this.#grid = new GridHelper(this.extentM, 10, colours.line, colours.line);
    this.root.add(this.#grid);
  }
}
