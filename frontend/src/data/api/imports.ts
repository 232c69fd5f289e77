/** Files that a clinic's admins bring in: apart, since hardly any visit does. */
import { post } from './client.ts';
import type * as wire from './types.ts';

export type FileKind = wire.CsvFile['kind'];

/** Its bytes, in base64. */
export function inBase64(file: Blob): Promise<string> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => fail(reader.error ?? new Error('The file cannot be read.'));
    reader.readAsDataURL(file);
  });
}

export const importsApi = {
  /** What the file comes to; with what its findings named it by, it is imported. */
  bring: (kind: FileKind, file: string, seen: string | null) =>
    post<wire.CsvFindings>('/api/imports', { kind, file, seen }),
};
