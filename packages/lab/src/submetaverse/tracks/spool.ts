import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** step, device, x, y, as doubles; NaN twice for a device that is away. */
const RECORD = 4;
const RECORD_BYTES = RECORD * 8;
const RECORDS = 1 << 15;

/** A square in which devices were, m from the corner, and how often. */
export interface Place {
  readonly xM: number;
  readonly yM: number;
  readonly positions: number;
}

/** Squares along the longer side of the map. */
const MAP_SIDE = 160;
const MAP_WIDTH = 256;

/** What a spool has seen. */
export interface TrackBounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
  /** Number of the last step. */
  readonly lastStep: number;
  readonly positions: number;
}

/**
 * Positions on their way to `positions.csv`. How large the area is shows at the end only, so they wait in a temporary file:
 * memory stays flat whatever comes.
 */
export class PositionSpool {
  #bounds = {
    west: Infinity,
    south: Infinity,
    east: -Infinity,
    north: -Infinity,
    lastStep: -1,
    positions: 0,
  };
  readonly #dir: string;
  readonly #out: WriteStream;
  #buffer = new Float64Array(RECORDS * RECORD);
  #filled = 0;
  #failed: Error | undefined;

  private constructor(dir: string) {
    this.#dir = dir;
    this.#out = createWriteStream(path.join(dir, 'positions'));
    this.#out.on('error', (error) => (this.#failed = error));
  }

  static async open(): Promise<PositionSpool> {
    return new PositionSpool(await mkdtemp(path.join(os.tmpdir(), 'metalore-import-')));
  }

  get bounds(): TrackBounds {
    return this.#bounds;
  }

  /** Whether `drain` has to be awaited before more is added. */
  get isFull(): boolean {
    return this.#filled === RECORDS;
  }

  /** @param x m, and @param y: NaN says that the device is away from that step on */
  add(step: number, device: number, x: number, y: number): void {
    const at = this.#filled++ * RECORD;
    const buffer = this.#buffer;
    buffer[at] = step;
    buffer[at + 1] = device;
    buffer[at + 2] = x;
    buffer[at + 3] = y;
    const bounds = this.#bounds;
    bounds.lastStep = Math.max(bounds.lastStep, step);
    if (this.isFull) this.#write();
    if (Number.isNaN(x)) return;
    bounds.positions++;
    bounds.west = Math.min(bounds.west, x);
    bounds.east = Math.max(bounds.east, x);
    bounds.south = Math.min(bounds.south, y);
    bounds.north = Math.max(bounds.north, y);
  }

  #write(): void {
    this.#out.write(new Uint8Array(this.#buffer.buffer, 0, this.#filled * RECORD_BYTES));
    this.#buffer = new Float64Array(RECORDS * RECORD);
    this.#filled = 0;
  }

  /** Waits until what was added is on its way to the disk. */
  async drain(): Promise<void> {
    if (this.#failed) throw this.#failed;
    if (this.#out.writableNeedDrain) await once(this.#out, 'drain');
  }

  /**
   * Writes `step,device,x,y`, with positions in metres from a corner.
   *
   * @param corner what has the coordinates (0, 0)
   * @returns where devices were
   */
  async writeCsv(file: string, corner: { readonly x: number; readonly y: number }): Promise<Place[]> {
    const { east, north } = this.#bounds;
    const squareM = Math.max(east - corner.x, north - corner.y) / MAP_SIDE;
    const visits = new Uint32Array(MAP_WIDTH * MAP_WIDTH);
    this.#write();
    this.#out.end();
    await once(this.#out, 'close');
    if (this.#failed) throw this.#failed;
    const csv = createWriteStream(file);
    csv.write('step,device,x,y\n');
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of createReadStream(path.join(this.#dir, 'positions'), {
      highWaterMark: 1 << 20,
    })) {
      const bytes: Buffer = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      const whole = bytes.length - (bytes.length % RECORD_BYTES);
      let text = '';
      const records = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + whole));
      for (let at = 0; at < records.length; at += RECORD) {
        const x = records[at + 2] - corner.x;
        const y = records[at + 3] - corner.y;
        const head = `${records[at]},ue-${records[at + 1]},`;
        if (Number.isNaN(x)) text += `${head},\n`;
        else {
          text += `${head}${centimetres(x)},${centimetres(y)}\n`;
          visits[Math.floor(y / squareM) * MAP_WIDTH + Math.floor(x / squareM)]++;
        }
      }
      rest = bytes.subarray(whole);
      if (!csv.write(text)) await once(csv, 'drain');
    }
    csv.end();
    await once(csv, 'close');
    return Array.from(visits.keys())
      .filter((square) => visits[square] > 0)
      .map((square) => ({
        xM: ((square % MAP_WIDTH) + 0.5) * squareM,
        yM: (Math.floor(square / MAP_WIDTH) + 0.5) * squareM,
        positions: visits[square],
      }));
  }

  /** Removes the temporary file. */
  async close(): Promise<void> {
    this.#out.destroy();
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** Metres to the centimetre, not negative: by whole numbers, which become text much sooner than fractions do. */
function centimetres(metres: number): string {
  const all = Math.round(metres * 100);
  const whole = Math.floor(all / 100);
  const rest = all - whole * 100;
  if (rest === 0) return String(whole);
  return rest % 10 === 0 ? `${whole}.${rest / 10}` : `${whole}.${rest < 10 ? '0' : ''}${rest}`;
}
