/** Hands a file over to the browser's downloads. What is in it is in no URL: the address names memory. */
export function saveFile(name: string, type: string, content: BlobPart): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // At once, some browsers would not have begun to read.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
