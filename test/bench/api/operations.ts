export interface Operation {
  name: string;
  method: "GET" | "POST";
  path: string;
  body?: object;
}

/** `fileId` is of the completed file. */
export function operationsOf(fileId: string): Operation[] {
  return [
    { name: "POST /upload", method: "POST", path: "/upload", body: { file_name: "holiday.mov" } },
    { name: "GET /upload/{file_id}/status", method: "GET", path: `/upload/${fileId}/status` },
    { name: "GET /upload", method: "GET", path: "/upload" },
  ];
}
