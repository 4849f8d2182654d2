import proj4 from 'proj4';

/** A place on the Earth, degrees (WGS 84). */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** A place on the plane, m. */
export interface PlanePoint {
  readonly xM: number;
  readonly yM: number;
}

/** Distance from the middle of all within which a place is part of one drive, or of one city. */
const REACH_KM = 100;
const KM_PER_DEGREE = 111.2;

/**
 * Places too far from the others to be of one area: more than 100 km from the median of all, as a receiver's (0, 0). One such
 * row would stretch the area to thousands of kilometres.
 *
 * @returns a problem for each, with its number among the places
 */
export function strayPlaces(
  places: readonly Place[],
): { readonly index: number; readonly message: string }[] {
  const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const latitude = median(places.map((place) => place.latitude));
  const longitude = median(places.map((place) => place.longitude));
  const eastKm = KM_PER_DEGREE * Math.cos((latitude * Math.PI) / 180);
  return places.flatMap((place, index) => {
    const north = KM_PER_DEGREE * (place.latitude - latitude);
    const km = Math.hypot(north, eastKm * (place.longitude - longitude));
    if (km <= REACH_KM) return [];
    const message = `latitude ${place.latitude}, longitude ${place.longitude} lies ${km.toFixed(0)} km from the middle of the others; expected within ${REACH_KM} km`;
    return [{ index, message }];
  });
}

/**
 * Projects places to metres (x to the east, y to the north) by a transverse Mercator projection around their middle: over
 * a city, lengths are true to one part in a million.
 */
export function projectAround(places: readonly Place[]): PlanePoint[] {
  const middle = (values: readonly number[]): number => {
    let low = Infinity;
    let high = -Infinity;
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return (low + high) / 2;
  };
  const latitude = middle(places.map((place) => place.latitude));
  const longitude = middle(places.map((place) => place.longitude));
  const toPlane = transverseMercator(latitude, longitude);
  return places.map((place) => {
    const [x, y] = toPlane.forward([place.longitude, place.latitude]);
    return { xM: x, yM: y };
  });
}

/** The same projection around a given place, for places that come one by one. */
export function projectionAt({
  latitude,
  longitude,
}: Place): (longitude: number, latitude: number) => PlanePoint {
  const toPlane = transverseMercator(latitude, longitude);
  return (east, north) => {
    const [xM, yM] = toPlane.forward([east, north]);
    return { xM, yM };
  };
}

function transverseMercator(latitude: number, longitude: number): proj4.Converter {
  return proj4(
    'WGS84',
    `+proj=tmerc +lat_0=${latitude} +lon_0=${longitude} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m`,
  );
}

/** Moves points into an area with the origin in its south-west corner; centimetres are kept. */
export function fitArea(
  points: readonly PlanePoint[],
  marginM: number,
): { widthM: number; heightM: number; points: PlanePoint[] } {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { xM, yM } of points) {
    west = Math.min(west, xM);
    east = Math.max(east, xM);
    south = Math.min(south, yM);
    north = Math.max(north, yM);
  }
  return {
    widthM: Math.ceil(east - west + 2 * marginM),
    heightM: Math.ceil(north - south + 2 * marginM),
    points: points.map(({ xM, yM }) => ({
      xM: toCentimetres(xM - west + marginM),
      yM: toCentimetres(yM - south + marginM),
    })),
  };
}

function toCentimetres(metres: number): number {
  return Math.round(metres * 100) / 100;
}
