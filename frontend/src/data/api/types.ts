/** Names for what crosses the wire; schema.d.ts is generated from the server's own description of it. */
import type { components } from './schema.d.ts';

type Wire = components['schemas'];

export type Bilingual = Wire['Text'];
export type Language = keyof Bilingual;
export type Place = Wire['Place'];
export type Sensation = Wire['Sensation'];
export type RedFlag = Wire['RedFlag'];
export type ChangesWith = Wire['ChangesWith'];
export type Side = Wire['Side'];
export type Condition = Wire['Condition'];
export type ExerciseKind = Wire['ExerciseKind'];

export type Me = Wire['Me'];
export type WaysIn = Wire['WaysIn'];
export type StaffMember = Wire['StaffMember'];
export type NewColleague = Wire['NewColleague'];
export type StaffLink = Wire['StaffLink'];
export type ClinicCount = Wire['ClinicCount'];
export type FirstAdmin = Wire['FirstAdmin'];
export type NewClinic = Wire['NewClinic'];
export type StaffRole = StaffMember['role'];
export type LinkView = Wire['LinkView'];
export type OwnAccount = Wire['OwnAccount'];
export type Device = Wire['Device'];
export type PasskeyOptions = Wire['PasskeyOptions'];
export type NewDevice = Wire['NewDeviceView'];
export type NewPhrase = Wire['NewPhrase'];
export type NewAuthenticator = Wire['NewAuthenticator'];
export type RecoveryCodes = Wire['RecoveryCodes'];
export type SecondFactor = Wire['SecondFactor'];
export type Criterion = Omit<Wire['CriterionBody'], 'item'> & { item: PlanItemBody };
export type Plan = Omit<Wire['PlanView'], 'criteria'> & { criteria: Criterion[] };
export type Template = Omit<Wire['TemplateView'], 'items' | 'criteria'> & {
  items: PlanItemBody[];
  criteria: Criterion[];
};
export type TemplateBody = Wire['TemplateBody'];
export type Proposal = Omit<Wire['ProposalView'], 'item'> & { item: PlanItemBody };
export type PlanItem = Wire['PlanItemView'];
export type PlanItemBody = Required<Wire['PlanItemBody']>;
export type DoseField = keyof Wire['Dose'];
export type Dose = Pick<PlanItem, DoseField>;

/** A figure that an exercise does not have is sent as null; the schema would let it be absent, too. */
export type Exercise = Omit<Wire['Exercise'], 'dose' | 'usual'> & {
  dose: Dose;
  usual: Record<DoseField, Wire['Range'] | null>;
};
/** As the clinic's therapists see it: `own` was written by the clinic, `retired` is for plans that have it. */
export type OfferedExercise = Exercise & { own: boolean; retired: boolean };
export type OwnExercise = Wire['OwnExerciseView'];
export type OwnExerciseBody = Wire['OwnExerciseBody'];
export type OwnWords = Wire['Words'];
export type Consent = Wire['ConsentView'];
export type OwnErasure = Wire['OwnErasure'];
export type ErasurePage = Wire['ErasurePage'];
export type ClinicErasures = Wire['ClinicErasures'];
export type ConsentPage = Wire['ConsentPage'];
export type Retention = Wire['RetentionView'];
export type MonitoringSetting = Wire['MonitoringSetting'];
export type MonitoringPage = Wire['MonitoringPage'];
export type MonitoringPeriod = Wire['PeriodView'];
export type MonitoringRecord = Wire['FactView'];
export type MonitoringRecordBody = Wire['FactBody'];
export type MonitoringWork = Wire['WorkView'];
export type MonitoringOutcome = Wire['Outcome'];
export type MonitoringClosing = Wire['ClosingView'];
export type Licensed = Wire['LicensedView'];
export type Licence = NonNullable<Licensed['licence']>;
export type Timer = Wire['TimerView'];
export type OwnClock = Wire['OwnClock'];
export type Worklist = Wire['Worklist'];
export type WorklistRow = Wire['WorklistRow'];
export type EvidenceFile = Wire['EvidenceFile'];
export type DiaryFile = Wire['DiaryFile'];
export type Export = Wire['ExportView'];
export type LastExport = Wire['LastExport'];
export type Care = Omit<
  Wire['CarePage'],
  'exercises' | 'plan' | 'consent' | 'erasure' | 'measures'
> & {
  exercises: Exercise[];
  plan: Plan | null;
  /** Not in what an earlier version kept. */
  consent?: Consent;
  erasure?: OwnErasure;
  measures?: OwnMeasure[];
};

export type CheckIn = Wire['CheckIn'];
export type ExerciseSession = Wire['ExerciseSession'];
export type StoppedEarly = NonNullable<ExerciseSession['stopped_early']>;
export type Diary = Wire['DiaryPage'];
export type SyncRequest = Wire['SyncRequest'];
export type SyncAnswer = Wire['SyncAnswer'];
export type SyncResult = Wire['EntryResult'];
export type Refusal = Wire['Refusal'];
export type Reminder = Wire['Reminder'];
export type Push = Wire['PushView'];
export type PushBrowser = Wire['BrowserView'];
export type Where = Wire['Where'];
export type Webhook = Wire['WebhookView'];
export type Pause = Wire['PauseView'];
export type PauseBody = Wire['PauseBody'];
export type Message = Wire['MessageView'];
/** What a patient wrote, as the phone sends it. */
export type Letter = Wire['PatientMessage'];
export type Readings = Wire['Readings'];
/** What a therapist can say was done about a message; that it was answered, an answer says. */
export type Done = NonNullable<Wire['Acting']['what']>;
export type MessageTemplates = Wire['MessageTemplates'];
export type MessageTemplate = Wire['MessageTemplateView'];
export type MessageTemplateBody = Wire['MessageTemplateBody'];

export type Triage = Wire['Triage'];
export type TriageRow = Wire['TriageRow'];
export type RowAlert = Wire['RowAlert'];
export type Need = TriageRow['need'];
export type Day = Wire['DayView'];
export type Pointing = Wire['Pointing'];
export type PatientPage = Omit<Wire['PatientPage'], 'plans' | 'proposals'> & {
  plans: Plan[];
  proposals: Proposal[];
};
export type Alert = Wire['AlertView'];
export type Climb = Wire['ClimbView'];
export type AlertPolicy = Wire['PolicyView'];
export type PolicyBody = Wire['PolicyBody'];
export type AlertEvent = Wire['AlertEventView'];
export type Evidence = Wire['Evidence'];
export type Certainty = Wire['Certainty'];
export type AlertBasis = Omit<Wire['BasisView'], 'basis'> & {
  basis: { days: readonly unknown[]; entry_ids: readonly string[] };
};
export type Resolution = Wire['Resolution'];
export type Outcome = Resolution['outcome'];
export type BulkResults = Wire['BulkResults'];
export type Episode = Wire['EpisodeView'];
export type EpisodeEvent = Wire['EpisodeEventView'];
export type NextEpisode = Wire['NextEpisode'];
export type Waiting = Wire['WaitingView'];
export type Discharge = Wire['Discharge'];
export type Screening = Wire['ScreeningView'];
export type Questions = Wire['Questions'];
export type Question = Wire['Question'];
export type ScreeningAnswers = Record<string, 'yes' | 'no'>;
export type ScreeningBody = Wire['ScreeningBody'];
export type Found = Wire['Found'];
export type Search = Wire['Search'];
export type Invitation = Wire['InvitationView'];
export type Colleague = Wire['Colleague'];
export type Team = Wire['TeamView'];
export type HandOver = Wire['HandOver'];
export type Cover = Wire['CoverView'];
export type CoverBody = Wire['CoverBody'];
/** What a patient answered to an outcome measure, as the phone sends it. */
export type MeasureAnswer = Wire['MeasureAnswer'];
export type MeasureForm = Omit<Wire['Form'], 'scale'> & {
  /** Words by number: with each, or with some of them. */
  scale: { least: number; most: number; words: Record<string, Bilingual> };
};
export type OwnMeasure = Omit<Wire['OwnMeasure'], 'form'> & { form: MeasureForm };
export type Due = Wire['DueView'];
export type UsedMeasure = Wire['UsedMeasure'];
export type MeasureScore = Wire['ScoreView'];
export type AnswerView = Wire['AnswerView'];
export type OfferedMeasure = Wire['OfferedMeasure'];
export type OwnForm = Wire['OwnFormView'];
export type CsvFile = Wire['CsvFile'];
export type CsvFindings = Wire['CsvFindings'];
/** Something wrong in a form's file, and where in it. */
export interface Flaw {
  place: string;
  message: Bilingual;
}
export type Assessment = Wire['AssessmentView'];
export type AssessmentBody = Wire['AssessmentBody'];
export type PatientDraft = Wire['PatientBody'];
export type PlanDraft = Wire['NextPlan'];

export type AdminPage = Wire['AdminPage'];
export type Quality = Wire['Quality'];
export type QualityRow = Wire['QualityRow'];
export type FieldFigure = Wire['FieldFigure'];
export type Sensitivities = Wire['SensitivityView'];
export type Sensitivity = Sensitivities['sensitivity'];
export type Replay = Wire['ReplayView'];
export type ReplayResult = Wire['ReplayResult'];
export type ReplayChange = Wire['ChangeView'];

export type Notices = Wire['Notices'];
export type NoticeBody = Wire['NoticeBody'];
export type NoticeTry = Wire['TryView'];
export type KeptMails = Wire['KeptMails'];

export type Look = Wire['Look'];
export type Looks = Wire['Looks'];
export type OwnLook = Wire['OwnLook'];
export type Emergency = Wire['EmergencyView'];
export type Namesake = Wire['Namesake'];
