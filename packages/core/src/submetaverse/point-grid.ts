/**
 * Nearest of a set of points, by square buckets of about two points each, searched in rings from the query outwards.
 * Ties go to the lowest number, as a scan over all points would find it.
 */
export class PointGrid {
  #x: Float64Array = new Float64Array(0);
  #y: Float64Array = new Float64Array(0);
  #count = 0;
  #columns = 1;
  #rows = 1;
  #side = 1;
  #minX = 0;
  #minY = 0;
  /** Points of bucket b: `#order[#start[b]] … #order[#start[b + 1] − 1]`. */
  #start = new Int32Array(2);
  #order = new Int32Array(0);

  /** Takes points 0 … `count` − 1 of `x` and `y`; call again when they moved. */
  build(x: Float64Array, y: Float64Array, count: number): void {
    this.#x = x;
    this.#y = y;
    this.#count = count;
    let minX = Infinity;
    let minY = Infinity;
    let maxX = -Infinity;
    let maxY = -Infinity;
    for (let point = 0; point < count; point++) {
      minX = Math.min(minX, x[point]);
      maxX = Math.max(maxX, x[point]);
      minY = Math.min(minY, y[point]);
      maxY = Math.max(maxY, y[point]);
    }
    const extent = Math.max(maxX - minX, maxY - minY, 1e-9);
    const area = Math.max((maxX - minX) * (maxY - minY), (extent * extent) / Math.max(1, count));
    this.#side = Math.max(Math.sqrt((2 * area) / Math.max(1, count)), extent / 4096);
    this.#minX = minX;
    this.#minY = minY;
    this.#columns = Math.floor((maxX - minX) / this.#side) + 1;
    this.#rows = Math.floor((maxY - minY) / this.#side) + 1;
    const buckets = this.#columns * this.#rows;
    if (this.#start.length < buckets + 1) this.#start = new Int32Array(buckets + 1);
    this.#start.fill(0);
    if (this.#order.length < count) this.#order = new Int32Array(count);
    for (let point = 0; point < count; point++) this.#start[this.#bucket(x[point], y[point]) + 1]++;
    for (let bucket = 0; bucket < buckets; bucket++) this.#start[bucket + 1] += this.#start[bucket];
    // Fills from the back, so that every bucket ends up in ascending order and #start at its beginnings.
    for (let point = count - 1; point >= 0; point--) {
      const bucket = this.#bucket(x[point], y[point]);
      this.#order[--this.#start[bucket + 1]] = point;
    }
    for (let bucket = 0; bucket < buckets; bucket++) this.#start[bucket] = this.#start[bucket + 1];
    this.#start[buckets] = count;
  }

  #bucket(x: number, y: number): number {
    return this.#row(y) * this.#columns + this.#column(x);
  }

  #column(x: number): number {
    return Math.min(this.#columns - 1, Math.max(0, Math.floor((x - this.#minX) / this.#side)));
  }

  #row(y: number): number {
    return Math.min(this.#rows - 1, Math.max(0, Math.floor((y - this.#minY) / this.#side)));
  }

  /** Squared distance to the point that the last call of `nearest` found; Infinity without points. */
  nearestSquare = Infinity;
  /** No other point is nearer than this to where `nearest` was last asked for, squared. */
  nextSquare = Infinity;

  /** Number of the point nearest to (x, y); −1 without points. */
  nearest(x: number, y: number): number {
    return this.#count <= 24 ? this.#scan(x, y) : this.#searchRings(x, y);
  }

  #searchRings(x: number, y: number): number {
    const column = this.#column(x);
    const row = this.#row(y);
    let best = -1;
    let bestSquare = Infinity;
    let nextSquare = Infinity;
    const rings = Math.max(this.#columns, this.#rows);
    for (let ring = 0; ring < rings; ring++) {
      const safe = (ring - 1) * this.#side;
      if (safe > 0 && safe * safe > bestSquare) {
        nextSquare = Math.min(nextSquare, safe * safe);
        break;
      }
      const top = Math.max(0, row - ring);
      const bottom = Math.min(this.#rows - 1, row + ring);
      for (let r = top; r <= bottom; r++) {
        const full = r === row - ring || r === row + ring;
        const stride = full || ring === 0 ? 1 : 2 * ring;
        for (let c = column - ring; c <= column + ring; c += stride) {
          if (c < 0 || c >= this.#columns) continue;
          const bucket = r * this.#columns + c;
          const end = this.#start[bucket + 1];
          for (let at = this.#start[bucket]; at < end; at++) {
            const point = this.#order[at];
            const dx = this.#x[point] - x;
            const dy = this.#y[point] - y;
            const square = dx * dx + dy * dy;
            if (square < bestSquare || (square === bestSquare && point < best)) {
              nextSquare = bestSquare;
              bestSquare = square;
              best = point;
            } else if (square < nextSquare) nextSquare = square;
          }
        }
      }
    }
    this.nearestSquare = bestSquare;
    this.nextSquare = nextSquare;
    return best;
  }

  #scan(x: number, y: number): number {
    const px = this.#x;
    const py = this.#y;
    const count = this.#count;
    let best = -1;
    let bestSquare = Infinity;
    let nextSquare = Infinity;
    for (let point = 0; point < count; point++) {
      const dx = px[point] - x;
      const dy = py[point] - y;
      const square = dx * dx + dy * dy;
      if (square < bestSquare) {
        nextSquare = bestSquare;
        bestSquare = square;
        best = point;
      } else if (square < nextSquare) nextSquare = square;
    }
    this.nearestSquare = bestSquare;
    this.nextSquare = nextSquare;
    return best;
  }

  /** Calls `visit` with every point within `radius` of (x, y), in no particular order. */
  within(x: number, y: number, radius: number, visit: (point: number, squareM: number) => void): void {
    const limit = radius * radius;
    const right = this.#column(x + radius);
    const bottom = this.#row(y + radius);
    for (let r = this.#row(y - radius); r <= bottom; r++) {
      for (let c = this.#column(x - radius); c <= right; c++) {
        const bucket = r * this.#columns + c;
        const end = this.#start[bucket + 1];
        for (let at = this.#start[bucket]; at < end; at++) {
          const point = this.#order[at];
          const dx = this.#x[point] - x;
          const dy = this.#y[point] - y;
          const square = dx * dx + dy * dy;
          if (square <= limit) visit(point, square);
        }
      }
    }
  }
}
