import 'i18next';
import type common from '../../messages/en/common.json';
import type patient from '../../messages/en/patient.json';
import type therapist from '../../messages/en/therapist.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: { common: typeof common; patient: typeof patient; therapist: typeof therapist };
  }
}
