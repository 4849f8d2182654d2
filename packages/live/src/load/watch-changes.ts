import { createParser } from 'eventsource-parser';

interface ChangeEvent {
  readonly features?: Record<string, { readonly properties: Record<string, unknown> }>;
}

/** What a token goes into. */
export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/**
 * Follows the change stream of some things.
 *
 * @param property whose values are told
 */
export async function watchChanges(
  http: string,
  token: string | undefined,
  things: readonly string[],
  property: string,
  onValue: (value: unknown) => void,
): Promise<{ close(): void }> {
  const abort = new AbortController();
  const response = await fetch(`${http}/api/2/things?ids=${things.join(',')}`, {
    headers: { accept: 'text/event-stream', ...bearer(token) },
    signal: abort.signal,
  });
  const parser = createParser({
    onEvent: ({ data }) => {
      const { features = {} } = JSON.parse(data) as ChangeEvent;
      for (const { properties } of Object.values(features)) {
        if (property in properties) onValue(properties[property]);
      }
    },
  });
  const decoder = new TextDecoder();
  void (async () => {
    for await (const chunk of response.body!) parser.feed(decoder.decode(chunk, { stream: true }));
  })().catch(() => undefined); // closed
  return { close: () => abort.abort() };
}
