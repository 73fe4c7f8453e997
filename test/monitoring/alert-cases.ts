/** A minute by minute history of series, in promtool's notation, and what an alert makes of it. */
export interface AlertCase {
  alert: string;
  when: string;
  series: Readonly<Record<string, string>>;
  /** When the alert is looked at, from the start. */
  at: string;
  /** What it says then; undefined: it does not fire. */
  says?: string;
  /** Labels of the alert that its rule does not set. */
  labels?: Readonly<Record<string, string>>;
}

const of = (job: string) => (metric: string, labels: object) => {
  const all = Object.entries({ namespace: "media", job, ...labels });
  return `${metric}{${all.map(([name, value]) => `${name}="${value}"`).join(",")}}`;
};
const [api, controller] = [of("video-api"), of("video-controller")];
const requests = (route: string, status: number) =>
  api("transpod_api_request_duration_seconds_count", { method: "GET", route, status });
const files = (state: string) => controller("transpod_files", { state });
const finished = (reason: string) => controller("transpod_attempts_finished_total", { reason });

export const alertCases: readonly AlertCase[] = [
  {
    alert: "TranspodApiDown",
    when: "the only pod has not answered for five minutes",
    series: { [api("up", {})]: "1 0x10", [controller("up", {})]: "1x11" },
    at: "7m",
    says: "No pod of Transpod's API answers.",
  },
  {
    alert: "TranspodApiDown",
    when: "it has not answered for a shorter time",
    series: { [api("up", {})]: "1x5 0x10" },
    at: "9m",
  },
  {
    alert: "TranspodApiDown",
    when: "one of two pods answers",
    series: { [api("up", { instance: "a" })]: "1x11", [api("up", { instance: "b" })]: "0x11" },
    at: "10m",
  },
  {
    alert: "TranspodControllerDown",
    when: "there is only the controller of another release",
    series: { [of("other-controller")("up", {})]: "1x11" },
    at: "6m",
    says: "No pod of Transpod's controller answers.",
  },
  {
    alert: "TranspodControllerDown",
    when: "it answers",
    series: { [controller("up", {})]: "1x11" },
    at: "10m",
  },
  {
    alert: "TranspodApiErrors",
    when: "a tenth of the requests fail",
    series: { [requests("/upload", 503)]: "0+10x30", [requests("/upload", 200)]: "0+90x30" },
    at: "20m",
    says: "Transpod's API fails at 10% of its requests.",
  },
  {
    alert: "TranspodApiErrors",
    when: "a hundredth of them fail, and the API says that it is not ready",
    series: {
      [requests("/upload", 500)]: "0+1x30",
      [requests("/upload", 200)]: "0+99x30",
      [requests("/readyz", 503)]: "0+90x30",
    },
    at: "20m",
  },
  {
    alert: "TranspodDatabaseUnreadable",
    when: "the controller answers without the number of files",
    series: { [controller("up", {})]: "1x11" },
    at: "6m",
    says: "Transpod's controller runs, but can't read Postgres.",
    labels: { job: "video-controller" },
  },
  {
    alert: "TranspodDatabaseUnreadable",
    when: "the controller does not answer either",
    series: { [controller("up", {})]: "0x11" },
    at: "10m",
  },
  {
    alert: "TranspodDatabaseUnreadable",
    when: "there are no files",
    series: { [controller("up", {})]: "1x11", [files("pending")]: "0x11" },
    at: "10m",
  },
  {
    alert: "TranspodUploadsNotReceived",
    when: "uploads have been in the queue for a quarter of an hour",
    series: { [files("uploaded")]: "3x20" },
    at: "16m",
    says: "3 uploaded files have not come out of Transpod's queue.",
  },
  {
    alert: "TranspodUploadsNotReceived",
    when: "the queue was empty in between",
    series: { [files("uploaded")]: "3x8 0 3x10" },
    at: "16m",
  },
  {
    alert: "TranspodFilesWait",
    when: "files wait and none is processed",
    series: { [files("pending")]: "2x20", [files("processing")]: "0x20" },
    at: "16m",
    says: "2 files wait, and Transpod transcodes none.",
  },
  {
    alert: "TranspodFilesWait",
    when: "files wait for slots that others have",
    series: { [files("pending")]: "2x20", [files("processing")]: "1x20" },
    at: "16m",
  },
  {
    alert: "TranspodJobsRefused",
    when: "every try to create a Job fails",
    series: { [controller("transpod_jobs_refused_total", {})]: "0+1x30" },
    at: "20m",
    says: "Kubernetes refuses Transpod's Jobs.",
  },
  {
    alert: "TranspodJobsRefused",
    when: "a few tries failed",
    series: { [controller("transpod_jobs_refused_total", {})]: "0+1x3 3x30" },
    at: "20m",
  },
  {
    alert: "TranspodJobsNeverStart",
    when: "one attempt never started",
    series: { [finished("never_started")]: "0 0 1x10" },
    at: "5m",
    says: "Transpod gave up Jobs that no node would run.",
  },
  {
    alert: "TranspodJobsNeverStart",
    when: "an attempt failed otherwise",
    series: { [finished("not_a_video")]: "0 0 1x10", [finished("never_started")]: "0x12" },
    at: "5m",
  },
  {
    alert: "TranspodAttemptsFail",
    when: "every other attempt stalls",
    series: { [finished("stalled")]: "0+1x60", [finished("completed")]: "0+1x60" },
    at: "50m",
    says: "50% of Transpod's attempts fail, and not by their files' fault.",
  },
  {
    alert: "TranspodAttemptsFail",
    when: "files are at fault, or nodes were drained",
    series: {
      [finished("not_a_video")]: "0+5x60",
      [finished("interrupted")]: "0+5x60",
      [finished("stalled")]: "0x60",
      [finished("completed")]: "0+1x60",
    },
    at: "50m",
  },
  {
    alert: "TranspodMessagesUnreadable",
    when: "one message could not be read",
    series: { [controller("transpod_records_unparseable_total", {})]: "0 0 1x10" },
    at: "5m",
    says: "Transpod receives messages that are no S3 events.",
  },
  {
    alert: "TranspodMessagesUnreadable",
    when: "that was long ago",
    series: { [controller("transpod_records_unparseable_total", {})]: "0 0 1x80" },
    at: "70m",
  },
];
