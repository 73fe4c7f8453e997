/** The peer of the API: Express alone, with one statement and one signature for each request. */
import { randomUUID } from "node:crypto";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import express from "express";
import pg from "pg";

const env = process.env as Record<string, string>;
// Byte counts and positions are numbers in the answer.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const pool = new pg.Pool({ connectionString: env["DATABASE_URL"]!, max: 10 });
const s3 = new S3Client({
  region: env["AWS_REGION"]!,
  requestChecksumCalculation: "WHEN_REQUIRED",
});
const app = express();
app.disable("x-powered-by");

const expirySeconds = 7 * 24 * 3600;
const insert = `insert into files (file_id, file_name, s3_key, priority, declared_size_bytes,
    declared_content_type, settings, api_key_id, upload_until)
  values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))
  returning upload_until`;

app.post("/upload", express.json(), async (request, response) => {
  const { file_name, settings = {}, priority = 0 } = request.body;
  const file_id = randomUUID();
  const s3_key = file_name.replace(/(\.\w+)$/, `-${file_id}$1`);
  const command = new PutObjectCommand({ Bucket: env["S3_RAW_BUCKET"]!, Key: s3_key });
  const upload_url = await getSignedUrl(s3, command, { expiresIn: 3600 });
  const row = [file_id, file_name, s3_key, priority, null, null, settings, null, expirySeconds];
  const { rows } = await pool.query(insert, row);
  response.json({
    ...{ file_id, upload_url, s3_key, upload_headers: {} },
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    upload_until: rows[0].upload_until.toISOString(),
  });
});

const columns = `file_id, file_name, state as processing_status, original_codec, target_codec,
  processing_time, size_bytes, processed->'size_bytes' as processed_size_bytes, priority, settings,
  attempt, queue_position, waiting_for, progress, workers, chunks, failure_code, failure_detail,
  coalesce(notes, '[]') as notes, original, processed, verification, phase_times, sha256, stills,
  created_at, updated_at`;

function toStatus({ failure_code: code, failure_detail: detail, ...row }: Record<string, unknown>) {
  return { ...row, failure: code === null ? null : { code, detail } };
}

app.get("/upload/:file_id/status", async (request, response) => {
  const { file_id } = request.params;
  const { rows } = await pool.query(`select ${columns} from file_status where file_id = $1`, [
    file_id,
  ]);
  if (rows.length === 0)
    response.status(404).json({ detail: `File with ID ${file_id} not found.` });
  else response.json(toStatus(rows[0]));
});

app.get("/upload", async (_request, response) => {
  const { rows } = await pool.query(
    `select ${columns} from file_status order by created_at desc, file_id desc limit 51`,
  );
  response.json({ files: rows.slice(0, 50).map(toStatus), next_cursor: rows[50]?.file_id ?? null });
});

app.listen(Number(env["PORT"]), env["HOST"]!);
