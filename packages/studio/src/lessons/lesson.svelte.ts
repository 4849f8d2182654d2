import { route } from '../shared/route.svelte.js';
import { LESSONS, type Lesson, type Step } from './lessons.js';

/** The lesson that is given, if one is: every step opens a state of a view, from which one goes on by oneself. */
class LessonState {
  given = $state.raw<Lesson>();
  at = $state(0);
  readonly step = $derived<Step | undefined>(this.given?.steps[this.at]);

  begin(id: string): void {
    this.given = LESSONS.find((lesson) => lesson.id === id);
    this.go(0);
  }

  /** Shows a step: its controls are set, time goes to its moment. */
  go(at: number): void {
    this.at = at;
    if (this.step !== undefined) route.show(this.step.shows);
  }

  end(): void {
    this.given = undefined;
  }
}

export const lesson = new LessonState();
