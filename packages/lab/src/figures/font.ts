import { fileURLToPath } from 'node:url';

/** The one font of all figures, shipped, so that they look the same on every machine. */
export const FONT_FILE = fileURLToPath(new URL('../../assets/fonts/DejaVuSans.ttf', import.meta.url));
export const FONT_FAMILY = 'DejaVu Sans';
