/** The therapist's part of the wire where the shared types know less than the server says. */
import { api } from '../data/api/client.ts';
import type {
  Condition,
  Evidence,
  Exercise,
  PatientDraft as SharedDraft,
  PlanItem,
} from '../data/api/types.ts';

export type Dose = Pick<
  PlanItem,
  'sets' | 'repetitions' | 'hold_seconds' | 'rest_seconds' | 'days_per_week'
>;
export type DoseField = keyof Dose;

export interface LibraryExercise extends Exercise {
  dose: Dose;
  /** Least and most of what is usual; null: this exercise has no such figure. */
  usual: Record<DoseField, readonly [number, number] | null>;
  sides: 'per_leg' | 'both';
  minutes: number;
  for_conditions: readonly Condition[];
}

export type ItemBody = Omit<PlanItem, 'id' | 'kind'>;

export interface PatientBody extends Omit<SharedDraft, 'plan'> {
  plan: { id: string; starts_on: string; note: string | null; items: ItemBody[] } | null;
}

export interface Basis {
  detector_version: string | null;
  /** null: another version of the detector decided, so it cannot be decided again here */
  same_again: boolean | null;
  basis: { days: readonly unknown[]; entry_ids: readonly string[] };
}

/** A figure, or the name of a place. */
export type EvidenceValue = Evidence['before'] | string;

export const requests = {
  exercises: () => api.exercises() as Promise<unknown> as Promise<LibraryExercise[]>,
  createPatient: (id: string, body: PatientBody) =>
    api.savePatient(id, body as unknown as SharedDraft),
  basis: (alertId: string) => api.alertBasis(alertId) as Promise<unknown> as Promise<Basis>,
};
