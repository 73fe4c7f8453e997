{{/* What all names start with: at most 52 characters, so that "-controller" still fits behind it. */}}
{{- define "transpod.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/*
What selects the pods of a component: (list . "api"). Immutable in a Deployment, and the controller gives
its Jobs the same three: never change them.
*/}}
{{- define "transpod.selectorLabels" -}}
app.kubernetes.io/name: transpod
app.kubernetes.io/instance: {{ (first .).Release.Name }}
app.kubernetes.io/component: {{ last . }}
{{- end -}}

{{- define "transpod.labels" -}}
{{ include "transpod.selectorLabels" . }}
{{- with first . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}
{{- end -}}

{{/* Name, namespace and labels of a component's object: (list . "api"). */}}
{{- define "transpod.metadata" -}}
name: {{ include "transpod.fullname" (first .) }}-{{ last . }}
namespace: {{ (first .).Release.Namespace }}
labels: {{- include "transpod.labels" . | nindent 2 }}
{{- end -}}

{{/* An image's whole name: (list . .Values.api.image). */}}
{{- define "transpod.image" -}}
{{- $root := first . -}}
{{- with last . -}}
{{- with $root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- .repository -}}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ coalesce .tag $root.Values.image.tag $root.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* What every pod has in common: (list . "api"). Where it runs is in the values of the same name. */}}
{{- define "transpod.pod" -}}
{{- $root := first . -}}
{{- $selectorLabels := include "transpod.selectorLabels" . | fromYaml -}}
enableServiceLinks: false
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
{{- with index $root.Values (last .) }}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .topologySpreadConstraints }}
{{- $constraints := deepCopy . }}
{{- range $constraints }}
{{- $_ := set . "labelSelector" (.labelSelector | default (dict "matchLabels" $selectorLabels)) }}
{{- end }}
topologySpreadConstraints: {{- toYaml $constraints | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* With what transpod.pod says, the Pod Security Standard `restricted`, and a root that is read-only. */}}
{{- define "transpod.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* What api, controller and migration all read. */}}
{{- define "transpod.databaseEnv" -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ .Values.database.existingSecret }}
      key: {{ .Values.database.key }}
{{- if .Values.database.ca.configMap }}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/transpod/database/{{ .Values.database.ca.key }}
{{- end }}
{{- end -}}

{{/* Room for temporary files, beside the read-only root, and the database's certificates. */}}
{{- define "transpod.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .Values.database.ca.configMap }}
- name: database-ca
  mountPath: /etc/transpod/database
  readOnly: true
{{- end }}
{{- end -}}

{{- define "transpod.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- with .Values.database.ca.configMap }}
- name: database-ca
  configMap:
    name: {{ . }}
{{- end }}
{{- end -}}

{{/* What api and controller read besides. An empty variable counts as none. */}}
{{- define "transpod.serviceEnv" -}}
- name: LOG_LEVEL
  value: {{ .Values.logLevel }}
- name: AWS_REGION
  value: {{ quote .Values.aws.region }}
- name: S3_RAW_BUCKET
  value: {{ quote .Values.aws.rawBucket }}
- name: S3_PROCESSED_BUCKET
  value: {{ quote .Values.aws.processedBucket }}
- name: SQS_QUEUE_URL
  value: {{ quote .Values.aws.queueUrl }}
- name: S3_ENDPOINT
  value: {{ quote .Values.aws.s3Endpoint }}
- name: S3_PUBLIC_ENDPOINT
  value: {{ quote .Values.aws.s3PublicEndpoint }}
- name: SQS_ENDPOINT
  value: {{ quote .Values.aws.sqsEndpoint }}
- name: MAX_UPLOAD_BYTES
  value: {{ .Values.maxUploadBytes | int64 | quote }}
- name: WEBHOOK_ALLOW_PRIVATE
  value: {{ .Values.webhooks.allowPrivate | ternary "on" "off" | quote }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ quote .Values.tracing.otlpEndpoint }}
{{- with .Values.aws.existingSecret }}
- name: AWS_ACCESS_KEY_ID
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: AWS_ACCESS_KEY_ID
- name: AWS_SECRET_ACCESS_KEY
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: AWS_SECRET_ACCESS_KEY
{{- end }}
{{- end -}}
