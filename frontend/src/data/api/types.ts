/** What crosses the wire. Missing is null; [] is the answer "none of these". */
import type { Place, Sensation, RedFlag } from '../../domain/vocabulary.ts';

export type Language = 'en' | 'es';
export type Bilingual = Record<Language, string>;
export type Role = 'patient' | 'therapist' | 'admin';
export type Side = 'left' | 'right' | 'both';
export type ExerciseKind = 'static_stretch' | 'nerve_glide' | 'strength' | 'control' | 'mobility';
export type ChangesWith = 'ankle' | 'neck';
export type StoppedEarly = 'nerve_symptoms' | 'worse' | 'pain' | 'time' | 'other';
export type Condition = 'hamstring' | 'sciatic' | 'both' | 'unclear';
export type { Place, Sensation, RedFlag };

export interface Me {
  account: { id: string; role: Role; name: string; locale: Language };
  clinic: {
    id: string;
    name: string;
    country: string;
    emergency_number: string;
    timezone: string;
    hours: Bilingual;
  };
}

export interface PlanItem {
  id: string;
  exercise_key: string;
  kind: ExerciseKind;
  side: Side;
  sets: number;
  repetitions: number | null;
  hold_seconds: number | null;
  rest_seconds: number;
  days_per_week: number;
}

export interface Plan {
  id: string;
  number: number;
  starts_on: string;
  note: string | null;
  items: PlanItem[];
}

export interface Exercise {
  key: string;
  kind: ExerciseKind;
  title: Bilingual;
  summary: Bilingual;
  position: Bilingual;
  steps: Bilingual[];
  caution: Bilingual;
}

export interface Episode {
  id: string;
  condition: Condition;
  side: Side;
  started_on: string;
}

export interface Looked {
  alert_id: string;
  at: string;
  by: string;
  state: 'acknowledged' | 'resolved';
}

export interface Care {
  patient: { id: string; name: string };
  episode: Episode;
  plan: Plan | null;
  exercises: Exercise[];
  plan_history: { id: string; number: number; starts_on: string }[];
  looked: Looked[];
  as_of: string;
}

interface Entry {
  /** UUIDv7, made on the phone. */
  id: string;
  /** The original entry that this one edits. */
  revises: string | null;
  withdrawn: boolean;
  plan_version_id: string | null;
  /** The patient's own day, which is the local date of `happened_at`. */
  local_date: string;
  happened_at: string;
  zone: string;
  made_at: string;
  sensations: Sensation[] | null;
  changes_with: ChangesWith[] | null;
}

export interface CheckIn extends Entry {
  pain_now: number | null;
  pain_worst: number | null;
  place: Place | null;
  red_flags: RedFlag[] | null;
  note: string | null;
}

export interface ExerciseSession extends Entry {
  plan_item_id: string | null;
  side: Side;
  sets_done: number;
  repetitions_done: number | null;
  hold_seconds: number | null;
  stopped_early: StoppedEarly | null;
  pain_during: number | null;
}

export interface SyncRequest {
  account_id: string;
  check_ins: CheckIn[];
  exercise_sessions: ExerciseSession[];
}

export interface Refusal {
  code: string;
  message: Bilingual;
}

export interface SyncResult {
  id: string;
  kind: 'check_in' | 'exercise_session';
  status: 'stored' | 'known' | 'refused';
  reason: Refusal | null;
}

export interface SyncAnswer {
  results: SyncResult[];
  as_of: string;
}

export interface Diary {
  check_ins: CheckIn[];
  exercise_sessions: ExerciseSession[];
}

/* What the therapist's side reads. */

export type Need = 'urgent' | 'worsening' | 'quiet' | 'steady';
export type AlertKind = 'worsening' | 'red_flag' | 'new_weakness';
export type Severity = 'urgent' | 'high' | 'moderate';
export type AlertState = 'open' | 'acknowledged' | 'resolved';
export type Outcome =
  'contacted' | 'appointment' | 'plan_changed' | 'no_action_needed' | 'not_useful';

export interface SparkDay {
  date: string;
  pain: number | null;
  nerve: number | null;
  place: Place | null;
}

export interface TriageRow {
  patient_id: string;
  name: string;
  need: Need;
  reason: Bilingual;
  since: string | null;
  alert: {
    id: string;
    state: AlertState;
    severity: Severity;
    opened_at: string;
    count: number;
  } | null;
  sparkline: SparkDay[];
  days_logged_7: number;
  last_entry_on: string | null;
}

export interface Triage {
  as_of: string;
  rows: TriageRow[];
}

export interface Day extends SparkDay {
  pain_worst: number | null;
  sensations: Sensation[] | null;
  red_flags: RedFlag[] | null;
  sessions: number;
  stopped_early: number;
  notes: string[];
  edited: boolean;
}

export interface Evidence {
  channel: 'pain' | 'nerve' | 'place';
  /** Share of the whole, 0-1. */
  weight: number;
  since: string;
  before: number;
  after: number;
  sentence: Bilingual;
}

export interface AlertEvent {
  id: string;
  at: string;
  kind: 'opened' | 'extended' | 'acknowledged' | 'resolved';
  by: string | null;
  outcome: Outcome | null;
  note: string | null;
}

export interface Alert {
  id: string;
  patient_id: string;
  kind: AlertKind;
  severity: Severity;
  state: AlertState;
  opened_at: string;
  onset: string | null;
  raised_on: string;
  last_day: string;
  count: number;
  late: boolean;
  score: number | null;
  reason: Bilingual;
  evidence: Evidence[];
  detector_version: string | null;
  events: AlertEvent[];
}

export interface AlertBasis {
  version: string;
  days: SparkDay[];
  entry_ids: string[];
  recomputed_same: boolean;
}

export interface PatientPage {
  patient: { id: string; name: string; timezone: string; locale: Language; joined: boolean };
  episode: Episode;
  summary: Bilingual;
  days: Day[];
  plans: Plan[];
  alerts: Alert[];
}

export interface ExerciseWithDose extends Exercise {
  dose: Pick<
    PlanItem,
    'sets' | 'repetitions' | 'hold_seconds' | 'rest_seconds' | 'days_per_week'
  > | null;
}

export type PlanDraft = Pick<Plan, 'starts_on' | 'note' | 'items'>;

export interface PatientDraft {
  name: string;
  timezone: string;
  locale: Language;
  episode: Episode;
  plan: (PlanDraft & { id: string }) | null;
}

export interface Invitation {
  code: string;
  expires_at: string;
  join_url: string;
  /** A data: URI. */
  qr_svg: string;
}
