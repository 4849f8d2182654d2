import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAllowedHost } from '@metalore/live/allowed-host';
import { openRuns } from './run-files.js';
import { startStudioServer } from './server.js';
import type { StudioServer } from './server.js';

/** Large enough to be worth compressing. */
const BIG = 'const x = 1; '.repeat(500);

let folder: string;
let server: StudioServer;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'studio-'));
  const put = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  put('site/index.html', '<!doctype html><title>studio</title>');
  put('site/assets/big-abc123.js', BIG);
  put('run/manifest.json', '{"kind":"sweep"}');
  put('run/tables/sweep.csv', 'a\n1\n');
  put('run/report.html', '<script>alert(1)</script>');
  put('run/.hidden.json', '{}');
  put('secret.json', '{"secret":true}');
  put('run-other/manifest.json', '{"secret":true}');
  symlinkSync(path.join(folder, 'secret.json'), path.join(folder, 'run/link.json'));
  symlinkSync(path.join(folder, 'run-other'), path.join(folder, 'run/other'));
  symlinkSync(path.join(folder, 'run/manifest.json'), path.join(folder, 'run/inside.json'));
  const runs = await openRuns([path.join(folder, 'run')]);
  server = await startStudioServer({ site: path.join(folder, 'site'), runs, host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** A request with its first line and Host header exactly as given, which `fetch` would tidy up. */
function raw(target: string, host = '127.0.0.1', method = 'GET'): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (part) => (text += part.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve({ status: Number(text.split(' ')[1]), text }));
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  });
}

describe('the studio server', () => {
  it('serves the page with a strict content security policy', async () => {
    const answer = await fetch(server.url);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('studio');
    const policy = answer.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.replace("'wasm-unsafe-eval'", '')).not.toMatch(/unsafe|\*|http/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('lists and serves the files of the named runs, of kinds that the page reads', async () => {
    const { runs } = (await (await fetch(`${server.url}runs.json`)).json()) as {
      runs: { id: string; name: string; files: { path: string }[] }[];
    };
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ id: '0', name: 'run' });
    expect(runs[0].files.map((file) => file.path)).toEqual(['manifest.json', 'tables/sweep.csv']);
    const table = await fetch(`${server.url}runs/0/tables/sweep.csv`);
    expect([table.status, await table.text()]).toEqual([200, 'a\n1\n']);
    const head = await fetch(`${server.url}runs/0/manifest.json`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '16']);
  });

  it.each([
    '/runs/0/../secret.json',
    '/runs/0/..%2fsecret.json',
    '/runs/0/%2e%2e/secret.json',
    '/runs/0/..%5csecret.json',
    '/runs/0/%2e%2e%2fsecret.json',
    '/runs/../secret.json',
    '/../secret.json',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/runs/0//secret.json',
    '/runs/0/manifest.json%00.csv',
    '/runs/0/%ff',
    'secret.json',
    'http://127.0.0.1/runs/0/manifest.json',
    '/runs/1/manifest.json',
    '/runs/0',
    '/runs/0/tables',
    '/runs/0/.hidden.json',
    '/runs/0/report.html',
    '/secret.json',
  ])('refuses %s', async (target) => {
    const { status, text } = await raw(target);
    expect([400, 404]).toContain(status);
    expect(text).not.toContain('secret":true');
  });

  it('refuses symbolic links that lead out of a run, and follows those that stay inside', async () => {
    expect((await raw('/runs/0/link.json')).status).toBe(404);
    expect((await raw('/runs/0/other/manifest.json')).status).toBe(404);
    expect((await raw('/runs/0/inside.json')).status).toBe(200);
  });

  it('refuses foreign Host headers, and every method but GET and HEAD', async () => {
    for (const host of [
      'evil.example',
      'evil.example:5190',
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      '',
    ]) {
      expect((await raw('/runs.json', host)).status, host).toBe(403);
    }
    expect((await raw('/', 'localhost:1234')).status).toBe(200);
    expect((await raw('/', '127.0.0.1', 'POST')).status).toBe(405);
    expect((await raw('/runs/0/manifest.json', '127.0.0.1', 'DELETE')).status).toBe(405);
  });

  it('refuses a second Host header', async () => {
    expect((await raw('/', '127.0.0.1\r\nHost: evil.example')).status).toBe(403);
    expect((await raw('/', 'evil.example\r\nHost: 127.0.0.1')).status).toBe(403);
  });

  it('sends what it built compressed, and lets the page keep what never changes', async () => {
    const page = await fetch(server.url, { headers: { 'accept-encoding': 'gzip' } });
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const asset = await fetch(`${server.url}assets/big-abc123.js`, {
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(asset.headers.get('content-encoding')).toBe('gzip');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await asset.text()).toBe(BIG);
    const plain = await raw('/assets/big-abc123.js');
    expect(plain.text).toContain(BIG);
  });

  it('cuts off who says nothing, and who says it too slowly', async () => {
    const held = (drip: string) =>
      new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
        if (drip !== '') socket.write('GET / HTTP/1.1\r\n');
        const timer = drip === '' ? undefined : setInterval(() => socket.write(drip), 500);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          clearInterval(timer);
          resolve();
        });
        socket.resume();
      });
    await Promise.all([held(''), held('x')]);
    expect((await raw('/')).status).toBe(200);
  }, 40_000);

  it('knows its own names', () => {
    expect(isAllowedHost('[::1]:5190', '127.0.0.1')).toBe(true);
    expect(isAllowedHost('192.168.0.7:5190', '127.0.0.1')).toBe(false);
    expect(isAllowedHost('192.168.0.7:5190', '0.0.0.0')).toBe(true);
    expect(isAllowedHost('lab-machine', 'lab-machine')).toBe(true);
    expect(isAllowedHost('evil.example', '0.0.0.0')).toBe(false);
    expect(isAllowedHost('user@localhost', '127.0.0.1')).toBe(false);
    expect(isAllowedHost(undefined, '127.0.0.1')).toBe(false);
  });

  it('brings ONNX Runtime from its package where the page is packed without it', async () => {
    const answer = await fetch(new URL('assets/ort-wasm-simd-threaded-DcHrbrbl.wasm', server.url));
    expect(answer.headers.get('content-type')).toBe('application/wasm');
    expect(WebAssembly.validate(await answer.arrayBuffer())).toBe(true);
    expect((await fetch(new URL('assets/other-DcHrbrbl.wasm', server.url))).status).toBe(404);
  });

  it('says which named run is not a folder', async () => {
    await expect(openRuns([path.join(folder, 'secret.json'), path.join(folder, 'none')])).rejects.toThrow(
      /secret\.json: is not the folder[^]*none: is not the folder/,
    );
  });
});
