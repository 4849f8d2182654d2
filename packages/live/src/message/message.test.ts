import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BYTES, MAX_DEPTH, parseJson } from './bounded-json.js';
import { Refusal } from './refusal.js';
import { readMessage } from './topic.js';

const NOW = 1_800_000_000_000;
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const read = (topic: string, value: unknown) => readMessage(topic, bytes(value), NOW);
const kindOf = (topic: string, value: unknown) => {
  try {
    read(topic, value);
    return 'accepted';
  } catch (error) {
    if (error instanceof Refusal) return error.kind;
    throw error;
  }
};

const features = { motor: { rpm: 1450 } };

describe('messages of devices', () => {
  it('reads a state with its key, times in ms or ISO 8601', () => {
    const [update] = read('things/plant:pump-1/state', { t: NOW, seq: 3, receipt: true, features }).updates!;
    expect(update).toEqual({
      thing: 'plant:pump-1',
      t: NOW,
      seq: 3,
      receipt: true,
      features,
      loadUnits: undefined,
    });
    const [iso] = read('things/a/state', { t: '2027-01-15T09:00:00.250+01:00', features }).updates!;
    expect([iso.t, iso.seq]).toEqual([Date.UTC(2027, 0, 15, 8, 0, 0, 250), 0]);
  });

  it('reads a SenML pack: base values, relative times, one update for each time', () => {
    // RFC 8428, section 5.1.3, with a base time.
    const pack = [
      { bn: 'urn:dev:ow:10e2073a01080063:', bt: 1.6e9, bu: 'A', n: 'voltage', u: 'V', v: 120.1 },
      { n: 'current', t: -5, v: 1.2 },
      { n: 'current', v: 1.3 },
      { n: 'on', vb: true },
    ];
    const { updates } = read('things/urn:dev:ow:10e2073a01080063/senml', pack) as { updates: unknown[] };
    expect(updates).toHaveLength(2);
    expect(updates).toContainEqual(
      expect.objectContaining({ t: 1.6e12, features: { senml: { voltage: 120.1, current: 1.3, on: true } } }),
    );
    expect(updates).toContainEqual(
      expect.objectContaining({ t: 1.6e12 - 5000, features: { senml: { current: 1.2 } } }),
    );
    expect(kindOf('things/a/senml', [{ n: 'x', v: 1, must_: 1 }])).toBe('schema');
    expect(read('things/a/senml', [{ n: 'x', v: 1, t: -2 }]).updates![0].t).toBe(NOW - 2000);
  });

  it('reads the Ditto protocol: a property, a feature, a thing', () => {
    const topic = 'plant/pump-1/things/twin/commands/modify';
    const send = (path: string, value: unknown, headers = {}) =>
      read('things/plant:pump-1/ditto', { topic, path, value, headers });
    expect(send('/features/motor/properties/rpm', 3, { timestamp: NOW - 1, sequence: 2 }).updates).toEqual([
      { thing: 'plant:pump-1', t: NOW - 1, seq: 2, receipt: false, features: { motor: { rpm: 3 } } },
    ]);
    const whole = send('/', { attributes: { maker: 'X' }, features: { motor: { properties: { rpm: 4 } } } });
    expect(whole.announcement!.document).toMatchObject({ attributes: { maker: 'X' } });
    expect(whole.updates![0].features).toEqual({ motor: { rpm: 4 } });
    const other = { topic: 'plant/other/things/twin/commands/modify', path: '/', value: {} };
    expect(kindOf('things/plant:pump-1/ditto', other)).toBe('name');
  });

  it('refuses what is wrong by its kind', () => {
    const state = (message: unknown) => kindOf('things/a:b/state', message);
    expect(state('{')).toBe('json');
    expect(state('{"t": NaN}')).toBe('json');
    expect(state(Buffer.from([0xff, 0xfe]).toString('latin1'))).toBe('json');
    expect(state([1])).toBe('schema');
    expect(state({ features })).toBe('schema');
    expect(state({ t: -1, features })).toBe('past');
    expect(state({ t: NOW + 60_001, features })).toBe('future');
    expect(state({ t: NOW + 60_000, features })).toBe('accepted');
    expect(state({ t: 1.5, features })).toBe('schema');
    expect(state({ t: '2027-01-15', features })).toBe('schema');
    expect(state({ t: '2027-13-45T00:00:00Z', features })).toBe('schema');
    expect(state({ t: NOW, seq: -1, features })).toBe('schema');
    expect(state({ t: NOW, features: {} })).toBe('schema');
    expect(state({ t: NOW, features: { motor: 3 } })).toBe('schema');
    expect(state({ t: NOW, features, extra: 1 })).toBe('schema');
    expect(state('{"t":1,"features":{"__proto__":{"x":1}}}')).toBe('name');
    expect(state('{"t":1,"features":{"a":{"b":{"__proto__":{}}}}}')).toBe('name');
    expect(state('{"t":1,"features":{"a":{"b":1e999}}}')).toBe('number');
    expect(state({ t: NOW, features: { 'a/b': { c: 1 } } })).toBe('name');
    expect(state(`${'['.repeat(MAX_DEPTH + 1)}${']'.repeat(MAX_DEPTH + 1)}`)).toBe('depth');
    expect(state(`${'['.repeat(60_000)}`)).toBe('depth');
    expect(state(' '.repeat(MAX_BYTES + 1))).toBe('size');
    for (const topic of ['things/a:b', 'things/a:b/state/x', 'other', 'things//state/', 'requests/a/b', '']) {
      expect(kindOf(topic, { t: NOW, features })).toBe('topic');
    }
    for (const id of ['..', '__proto__', 'a b\u0007', '', ' ', 'a/../b', 'x'.repeat(257)]) {
      expect(['name', 'topic'], id).toContain(kindOf(`things/${id}/state`, { t: NOW, features }));
    }
  });

  it('counts brackets outside strings alone', () => {
    expect(parseJson(bytes(JSON.stringify('['.repeat(100))))).toBe('['.repeat(100));
    expect(parseJson(bytes('"\\"[[[[[[[[[[[[[[[[[[[["'))).toBe('"[[[[[[[[[[[[[[[[[[[[');
  });

  it('refuses an envelope whose topic ends too early', () => {
    for (const topic of ['_', '', '/', '_/', 'a', 'a/b', 'a/b/things']) {
      const payload = Buffer.from(JSON.stringify({ topic, path: '' }));
      expect(() => readMessage('things/a:b/ditto', payload, 0)).toThrow(Refusal);
    }
  });

  it('answers anything at all with a message or a refusal', () => {
    const topics = fc.oneof(
      fc.constantFrom('things/a:b/state', 'things/a:b/senml', 'things/a:b/ditto', 'requests/u'),
      fc.string(),
      fc.string().map((id) => `things/${id}/state`),
    );
    const payloads = fc.oneof(
      fc.uint8Array().map((array) => Buffer.from(array)),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record(
          {
            t: fc.oneof(fc.integer(), fc.double(), fc.string()),
            seq: fc.anything(),
            features: fc.dictionary(fc.string(), fc.dictionary(fc.string(), fc.jsonValue())),
            thing: fc.string(),
            id: fc.string(),
            topic: fc.string(),
            path: fc.string(),
            value: fc.jsonValue(),
          },
          { requiredKeys: [] },
        )
        .map((value) => Buffer.from(JSON.stringify(value) ?? '')),
      fc
        .array(fc.dictionary(fc.constantFrom('bn', 'bt', 'n', 't', 'v', 'vs', 's', 'bv'), fc.jsonValue()))
        .map((value) => Buffer.from(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(topics, payloads, (topic, payload) => {
        try {
          readMessage(topic, payload, NOW);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 5_000 },
    );
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});
