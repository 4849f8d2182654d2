import { SPEEDS, type Watch } from './watch.svelte.js';

/** What a key does in the Watch view. @returns whether it did something */
export function watchKey(event: KeyboardEvent, watch: Watch): boolean {
  const target = event.target as HTMLElement;
  if (event.altKey || target.closest('dialog, textarea, select')) return false;
  if (event.ctrlKey || event.metaKey) {
    // of a text field, undoing is its own
    if (event.key.toLowerCase() !== 'z' || target.closest('input[type=text], input[type=number]'))
      return false;
    if (event.shiftKey) watch.redo();
    else watch.undo();
    return true;
  }
  // Arrows move a slider, space presses a button: those keep their own meaning.
  const inInput = target.closest('input') !== null;
  const inButton = target.closest('button, a, label') !== null;
  const many = event.shiftKey ? 10 : 1;
  switch (event.key) {
    case ' ':
      if (inButton) return false;
      watch.play();
      return true;
    case 'ArrowLeft':
    case 'ArrowRight':
      if (inInput) return false;
      watch.move(event.key === 'ArrowLeft' ? -many : many);
      return true;
    case 'Home':
    case 'End':
      if (inInput) return false;
      watch.goTo(event.key === 'Home' ? 0 : watch.episodeSteps);
      return true;
    case '+':
    case '=':
      watch.speed = Math.min(SPEEDS.length - 1, watch.speed + 1);
      return true;
    case '-':
      watch.speed = Math.max(0, watch.speed - 1);
      return true;
    case '[':
    case ']':
      inspectNext(watch, event.key === ']' ? 1 : -1);
      return true;
    case 'Escape':
      watch.inspect(undefined);
      return true;
    case 'c':
      if (inInput) return false;
      watch.compare(watch.runs.length === 1);
      return true;
    default:
      return false;
  }
}

/** Devices and base stations in one row, UEs first, each run after the other. */
function inspectNext(watch: Watch, by: 1 | -1): void {
  const all = (watch.frame?.runs ?? []).flatMap(({ ues, sensors, cells }, run) => [
    ...Array.from(ues.x, (_, device) => ({ run, kind: 'ue' as const, device })),
    ...Array.from(sensors.x, (_, device) => ({ run, kind: 'sensor' as const, device })),
    ...cells.map((_, device) => ({ run, kind: 'cell' as const, device })),
  ]);
  const now = watch.inspected;
  const at = all.findIndex(
    ({ run, kind, device }) => run === now?.run && kind === now.kind && device === now.device,
  );
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length;
  watch.inspect(all[next]);
}
