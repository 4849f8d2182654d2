import { InvalidInputError } from '@metalore/core/errors';
import { cityDocument, type PartitionDocument } from '@metalore/core/partition';
import { parse } from 'csv-parse/browser/esm/sync';

/** Mean radius of the Earth, m. */
const EARTH_M = 6_371_008.8;
/** Free ground around the outermost site, m. */
const MARGIN_M = 100;
const RADIANS = Math.PI / 180;

/**
 * Base-station sites (columns LATITUDE and LONGITUDE in degrees, as in the EUA data set) as servers of a zone, with the
 * calibrated city's two kinds of server in turn, its twins and a uniform density. Projected onto the plane that touches the
 * sphere in their middle: within a few kilometres that differs from the command line's projection by less than 0.5 %.
 *
 * @param most so many sites at most, evenly taken from the list
 */
export function sitesDocument(name: string, text: string, most: number): PartitionDocument {
  const rows = parse<Record<string, string>>(text, { bom: true, columns: true, skip_empty_lines: true });
  const problems: { path: string; message: string }[] = [];
  const places = rows.map((row, at) => {
    const field = (wanted: string) =>
      Object.entries(row).find(([key]) => key.trim().toLowerCase() === wanted)?.[1];
    const [latitude, longitude] = ['latitude', 'longitude'].map((column) => {
      const value = field(column);
      const number = Number(value);
      if (value === undefined || value.trim() === '' || !Number.isFinite(number) || Math.abs(number) > 180) {
        problems.push({
          path: `${name}:${at + 2}`,
          message: `${column} "${value ?? ''}" is not a number of degrees`,
        });
      }
      return number;
    }) as [number, number];
    return { latitude, longitude };
  });
  if (places.length === 0) problems.push({ path: name, message: 'has no rows' });
  if (problems.length > 0) throw new InvalidInputError(name, problems.slice(0, 20));
  const every = Math.max(1, Math.ceil(places.length / most));
  const chosen = places.filter((_, at) => at % every === 0);
  const mean = (pick: (place: { latitude: number; longitude: number }) => number) =>
    chosen.reduce((sum, place) => sum + pick(place), 0) / chosen.length;
  const middle = { latitude: mean((place) => place.latitude), longitude: mean((place) => place.longitude) };
  const points = chosen.map(({ latitude, longitude }) => ({
    x: EARTH_M * RADIANS * (longitude - middle.longitude) * Math.cos(middle.latitude * RADIANS),
    y: EARTH_M * RADIANS * (latitude - middle.latitude),
  }));
  const west = Math.min(...points.map(({ x }) => x)) - MARGIN_M;
  const south = Math.min(...points.map(({ y }) => y)) - MARGIN_M;
  const zone = {
    widthM: Math.max(...points.map(({ x }) => x)) - west + MARGIN_M,
    heightM: Math.max(...points.map(({ y }) => y)) - south + MARGIN_M,
  };
  const city = cityDocument();
  const kinds = [city.servers[0], city.servers[2]];
  const scale = (value: number, axis: 'x' | 'y') =>
    axis === 'x' ? (value / 2000) * zone.widthM : (value / 2000) * zone.heightM;
  const drawn = city.twins as Exclude<PartitionDocument['twins'], readonly unknown[] | undefined>;
  return {
    ...city,
    name,
    zone,
    servers: points.map(({ x, y }, b) => ({ ...kinds[b % 2], x: x - west, y: y - south })),
    density: { model: 'uniform' },
    twins: {
      ...drawn,
      mixture: drawn.mixture.map((component) => ({
        ...component,
        x: scale(component.x, 'x'),
        y: scale(component.y, 'y'),
      })),
    },
  };
}
