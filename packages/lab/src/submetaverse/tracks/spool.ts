import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** step, device: 32 bits each; x, y: 64 bits each, NaN for a device that is away. */
const RECORD_BYTES = 24;
const RECORDS = 1 << 15;

/** A square in which devices were, m from the corner, and how often. */
export interface Place {
  readonly xM: number;
  readonly yM: number;
  readonly positions: number;
}

/** Squares along the longer side of the map. */
const MAP_SIDE = 160;
const MAP_WIDTH = 1024;

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
  #buffer = Buffer.allocUnsafe(RECORDS * RECORD_BYTES);
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
    const at = this.#filled++ * RECORD_BYTES;
    const buffer = this.#buffer;
    buffer.writeUInt32LE(step, at);
    buffer.writeUInt32LE(device, at + 4);
    buffer.writeDoubleLE(x, at + 8);
    buffer.writeDoubleLE(y, at + 16);
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
    this.#out.write(this.#buffer.subarray(0, this.#filled * RECORD_BYTES));
    this.#buffer = Buffer.allocUnsafe(RECORDS * RECORD_BYTES);
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
    const visits = new Map<number, number>();
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
      for (let at = 0; at < whole; at += RECORD_BYTES) {
        const x = bytes.readDoubleLE(at + 8) - corner.x;
        const y = bytes.readDoubleLE(at + 16) - corner.y;
        const head = `${bytes.readUInt32LE(at)},ue-${bytes.readUInt32LE(at + 4)},`;
        if (Number.isNaN(x)) text += `${head},\n`;
        else {
          text += `${head}${centimetres(x)},${centimetres(y)}\n`;
          const square = Math.floor(y / squareM) * MAP_WIDTH + Math.floor(x / squareM);
          visits.set(square, (visits.get(square) ?? 0) + 1);
        }
      }
      rest = bytes.subarray(whole);
      if (!csv.write(text)) await once(csv, 'drain');
    }
    csv.end();
    await once(csv, 'close');
    return [...visits].map(([square, positions]) => ({
      xM: ((square % MAP_WIDTH) + 0.5) * squareM,
      yM: (Math.floor(square / MAP_WIDTH) + 0.5) * squareM,
      positions,
    }));
  }

  /** Removes the temporary file. */
  async close(): Promise<void> {
    this.#out.destroy();
    await rm(this.#dir, { recursive: true, force: true });
  }
}

function centimetres(metres: number): number {
  return Math.round(metres * 100) / 100;
}
