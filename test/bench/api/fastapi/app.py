"""The peer of the API: FastAPI with asyncpg and boto3, one statement and one signature for each request."""

import datetime
import json
import os
import re
import uuid
from contextlib import asynccontextmanager

import asyncpg
import boto3
from botocore.config import Config
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel

s3 = boto3.client("s3", region_name=os.environ["AWS_REGION"], config=Config(signature_version="s3v4"))
bucket = os.environ["S3_RAW_BUCKET"]
week = 7 * 24 * 3600


async def decode_json(connection):
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(kind, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


@asynccontextmanager
async def lifespan(app):
    url = os.environ["DATABASE_URL"]
    async with asyncpg.create_pool(url, min_size=10, max_size=10, init=decode_json) as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan)


class Upload(BaseModel):
    file_name: str
    priority: int = 0
    settings: dict = {}


def iso(time):
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


INSERT = """insert into files (file_id, file_name, s3_key, priority, declared_size_bytes,
    declared_content_type, settings, api_key_id, upload_until)
  values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))
  returning upload_until"""


@app.post("/upload")
async def create_upload(upload: Upload):
    file_id = uuid.uuid4()
    key = re.sub(r"(\.\w+)$", rf"-{file_id}\1", upload.file_name)
    url = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": key}, ExpiresIn=3600)
    until = await app.state.pool.fetchval(
        INSERT, file_id, upload.file_name, key, upload.priority, None, None, upload.settings, None, week
    )
    expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    return JSONResponse(
        {
            "file_id": str(file_id),
            "upload_url": url,
            "s3_key": key,
            "upload_headers": {},
            "expires_at": iso(expires),
            "upload_until": iso(until),
        }
    )


COLUMNS = """file_id, file_name, state as processing_status, original_codec, target_codec,
  processing_time, size_bytes, processed->'size_bytes' as processed_size_bytes, priority, settings,
  attempt, queue_position, waiting_for, progress, workers, chunks, failure_code, failure_detail,
  coalesce(notes, '[]') as notes, original, processed, verification, phase_times, sha256, stills,
  created_at, updated_at"""


def to_status(row):
    status = dict(row)
    code, detail = status.pop("failure_code"), status.pop("failure_detail")
    status["failure"] = None if code is None else {"code": code, "detail": detail}
    status["file_id"] = str(row["file_id"])
    status["created_at"] = iso(row["created_at"])
    status["updated_at"] = iso(row["updated_at"])
    return status


@app.get("/upload/{file_id}/status")
async def get_status(file_id: uuid.UUID):
    row = await app.state.pool.fetchrow(f"select {COLUMNS} from file_status where file_id = $1", file_id)
    if row is None:
        raise HTTPException(404, f"File with ID {file_id} not found.")
    return JSONResponse(to_status(row))


@app.get("/upload")
async def list_files():
    rows = await app.state.pool.fetch(
        f"select {COLUMNS} from file_status order by created_at desc, file_id desc limit 51"
    )
    after = str(rows[50]["file_id"]) if len(rows) > 50 else None
    return JSONResponse({"files": [to_status(row) for row in rows[:50]], "next_cursor": after})
