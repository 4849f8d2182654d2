/** Only a page's own files, what it made itself, and no code that is not a file. @param elsewhere what else it may ask */
const contentSecurityPolicy = (elsewhere: readonly string[]) =>
  [
    "default-src 'none'",
    // WebAssembly, for ONNX Runtime.
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    `connect-src ${["'self'", 'blob:', ...elsewhere].join(' ')}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/**
 * What every answer with the studio in it says to the browser, whoever serves it.
 *
 * @param live origins of live sub-metaverses elsewhere that the page may ask
 */
export const pageHeaders = (live: readonly string[] = []): Readonly<Record<string, string>> => ({
  'content-security-policy': contentSecurityPolicy(
    live.flatMap((origin) => [origin, origin.replace(/^http/, 'ws')]),
  ),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
});

/** How long a browser may keep a file: what is built under a name that holds its hash never changes. */
export function cacheControlOf(path: string): string {
  return path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
}
