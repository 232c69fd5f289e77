/** The answers of a check-in on their way to an entry. null is "not answered yet". */
import type { ChangesWith, CheckIn, Place, RedFlag, Sensation } from '../../data/api/types.ts';
import type { CheckInAnswers } from '../diary.svelte.ts';

export class Draft {
  pain = $state<number | null>(null);
  place = $state<Place | null>(null);
  sensations = $state<Sensation[] | null>(null);
  painWorst = $state<number | null>(null);
  changesWith = $state<ChangesWith[] | null>(null);
  redFlags = $state<RedFlag[] | null>(null);
  note = $state('');

  /** The place is stable from day to day and may be offered again; pain never is. */
  static of(lastPlace: Place | null): Draft {
    const draft = new Draft();
    draft.place = lastPlace;
    return draft;
  }

  static from(entry: CheckIn): Draft {
    const draft = Draft.of(entry.place);
    draft.pain = entry.pain_now;
    draft.sensations = entry.sensations;
    draft.painWorst = entry.pain_worst;
    draft.changesWith = entry.changes_with;
    draft.redFlags = entry.red_flags;
    draft.note = entry.note ?? '';
    return draft;
  }

  /** From what `toJSON` gave. */
  static resumed(answers: unknown): Draft {
    return Object.assign(new Draft(), answers);
  }

  /** All that is on the screen, as it is kept until it is saved. */
  toJSON() {
    const { pain, place, sensations, painWorst, changesWith, redFlags, note } = this;
    const answers = { pain, place, sensations, painWorst, changesWith, redFlags, note };
    return $state.snapshot(answers);
  }

  get answers(): CheckInAnswers {
    return {
      pain_now: this.pain,
      pain_worst: this.painWorst,
      place: this.pain ? this.place : null,
      sensations: this.sensations,
      changes_with: this.changesWith,
      red_flags: this.redFlags,
      note: this.note.trim() || null,
    };
  }

  /** Whether it holds an answer that another draft, from which it began, does not. */
  differsFrom(other: Draft): boolean {
    return JSON.stringify(this.answers) !== JSON.stringify(other.answers);
  }
}
