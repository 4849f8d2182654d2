/** What a link to the Place view says of the city. */
export interface PlaceLink {
  readonly twins: number | undefined;
  /** Spread of the sensing density, m. */
  readonly spreadM: number | undefined;
  /** Where the servers stand, m. */
  readonly servers: readonly { readonly x: number; readonly y: number }[];
}

export function writePlaceLink({ twins, spreadM, servers }: PlaceLink): string {
  const places = servers.map(({ x, y }) => `${x},${y}`).join(';');
  return new URLSearchParams({ twins: String(twins), spread: String(spreadM), servers: places }).toString();
}

/** Reads a link, which may come from anywhere: what is not a number in its range is left out. */
export function readPlaceLink(text: string): PlaceLink {
  const query = new URLSearchParams(text);
  const number = (name: string, least: number, most: number) => {
    const value = Number(query.get(name) ?? NaN);
    return value >= least && value <= most ? value : undefined;
  };
  const places = (query.get('servers') ?? '').split(';', 64).map((place) => place.split(',').map(Number));
  return {
    twins: number('twins', 0, 200),
    spreadM: number('spread', 100, 1000),
    servers: places.flatMap(([x = NaN, y = NaN]) => (x >= 0 && y >= 0 ? [{ x, y }] : [])),
  };
}
