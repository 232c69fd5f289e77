/** What therapists ask of plans beside the plan itself: apart, so that no phone has to load it. */
import { get, id, post, put } from './client.ts';
import type * as wire from './types.ts';

export const plansApi = {
  templates: () => get<wire.Template[]>('/api/plan-templates'),
  saveTemplate: (templateId: string, body: wire.TemplateBody) =>
    put<wire.Template>(`/api/plan-templates/${id(templateId)}`, body),
  renameTemplate: (templateId: string, name: string, was: string) =>
    post<null>(`/api/plan-templates/${id(templateId)}/rename`, { name, was }),
  retireTemplate: (templateId: string) =>
    post<null>(`/api/plan-templates/${id(templateId)}/retire`),
  dismissProposal: (proposalId: string, reason: string) =>
    post<wire.Proposal>(`/api/plan-proposals/${id(proposalId)}/dismiss`, { reason }),
  ownExercises: () => get<wire.OwnExercise[]>('/api/own-exercises'),
  saveOwnExercise: (exerciseId: string, body: wire.OwnExerciseBody) =>
    put<wire.OwnExercise>(`/api/own-exercises/${id(exerciseId)}`, body),
  retireOwnExercise: (exerciseId: string, retired: boolean) =>
    post<wire.OwnExercise>(`/api/own-exercises/${id(exerciseId)}/retire`, { retired }),
};
