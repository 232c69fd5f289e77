/** Everything that is kept about a patient, as a file: apart, since hardly anybody asks for it. */
import { get, id, post } from './client.ts';
import { fetchFile } from './files.ts';
import type * as wire from './types.ts';

/** A long record over a slow network. */
const FETCH_MS = 300_000;

/** Of a patient as the clinic asks for it; null: of whoever is signed in. */
export const exportsOf = (patientId: string | null) => {
  const path = patientId === null ? '/api/export' : `/api/patients/${id(patientId)}/exports`;
  return {
    last: async () => (await get<wire.LastExport>(path)).export,
    ask: () => post<wire.Export>(path),
    file: (exportId: string) => fetchFile(`${path}/${id(exportId)}/file`, FETCH_MS),
  };
};
