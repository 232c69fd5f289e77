/** The clinic's words for what is felt and where: one file for the server, the therapist and the patient. */
export {
  changes_with as CHANGES_WITH_LABELS,
  none_of_these as NONE_OF_THESE,
  places as PLACE_LABELS,
  questions as QUESTIONS,
  red_flag_questions as RED_FLAG_LABELS,
  sensations as SENSATION_LABELS,
  sides as SIDE_LABELS,
} from '../../../backend/glidepath/clinical/data/labels.json';
