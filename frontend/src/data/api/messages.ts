/** What therapists do with messages: apart, so that no phone has to load it. */
import { get, id, post, put } from './client.ts';
import type * as wire from './types.ts';

const of = (patientId: string) => `/api/patients/${id(patientId)}/messages`;

export const messagesApi = {
  /** `answers` are the patient's messages that it answers. */
  send: (patientId: string, messageId: string, text: string, answers: readonly string[]) =>
    put<wire.Message>(`${of(patientId)}/${id(messageId)}`, { text, answers }),
  read: (patientId: string, ids: readonly string[]) => post<null>(`${of(patientId)}/read`, { ids }),
  /** Done to the message as it was seen; null takes back what was said. */
  act: (patientId: string, message: wire.Message, what: wire.Done | null) =>
    post<wire.Message>(`${of(patientId)}/${id(message.id)}/done`, {
      what,
      after: message.deeds.length,
    }),
  templates: () => get<wire.MessageTemplates>('/api/message-templates'),
  saveTemplate: (templateId: string, body: wire.MessageTemplateBody) =>
    put<wire.MessageTemplate>(`/api/message-templates/${id(templateId)}`, body),
  retireTemplate: (templateId: string) =>
    post<null>(`/api/message-templates/${id(templateId)}/retire`),
};
