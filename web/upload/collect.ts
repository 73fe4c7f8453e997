/** The files in what was dropped or pasted, those in folders too. */
export async function filesIn(transfer: DataTransfer): Promise<File[]> {
  // Both must be read before the event ends; afterwards the transfer is empty.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const plain = [...transfer.files];
  if (entries.length === 0) return plain;
  return (await Promise.all(entries.map(filesOf))).flat();
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const { promise, resolve, reject } = Promise.withResolvers<File>();
    (entry as FileSystemFileEntry).file(resolve, reject);
    return [await promise];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  for (;;) {
    const { promise, resolve, reject } = Promise.withResolvers<FileSystemEntry[]>();
    // It gives a hundred at a time, and none at the end.
    reader.readEntries(resolve, reject);
    const entries = await promise;
    if (entries.length === 0) return files;
    files.push(...(await Promise.all(entries.map(filesOf))).flat());
  }
}

/** A folder has other things in it, which nobody chose. */
export function isVideoName(name: string): boolean {
  return /\.(?:mp4|mov)$/i.test(name);
}
