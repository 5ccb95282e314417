{{- define "tenon.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "tenon.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tenon.labels" -}}
{{ include "tenon.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "tenon.image" -}}
{{- $i := .Values.image -}}
{{ $i.registry }}/{{ $i.repository }}{{ if $i.digest }}@{{ $i.digest }}{{ else }}:{{ $i.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "tenon.account" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "tenon.name" .) }}{{ else }}{{ .Values.serviceAccount.name | default "default" }}{{ end }}
{{- end }}

{{- define "tenon.databaseSecret" -}}
{{- if eq .Values.database.mode "cnpg" }}{{ include "tenon.name" . }}-pg-app
{{- else if .Values.database.existingSecret }}{{ .Values.database.existingSecret }}
{{- else }}{{ include "tenon.name" . }}-database{{ end }}
{{- end }}

{{- define "tenon.databaseKey" -}}
{{- if eq .Values.database.mode "cnpg" }}uri{{ else if .Values.database.existingSecret }}{{ .Values.database.secretKey }}{{ else }}url{{ end }}
{{- end }}

{{- define "tenon.keyClaim" -}}
{{ .Values.keys.file.claim | default (printf "%s-keys" (include "tenon.name" .)) }}
{{- end }}

{{/* The rules of the Pod Security standard "restricted". */}}
{{- define "tenon.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "tenon.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "tenon.env" -}}
- name: DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ include "tenon.databaseSecret" . }}, key: {{ include "tenon.databaseKey" . }}}}
- {name: TENON_DATA, value: /data}
- {name: TENON_LOG, value: {{ .Values.logFormat | quote }}}
- {name: TENON_METRICS_LISTEN, value: ":9090"}
{{- with .Values.publicURL }}
- {name: TENON_PUBLIC_URL, value: {{ . | quote }}}
{{- end }}
{{- with .Values.trustedProxies }}
- {name: TENON_TRUSTED_PROXIES, value: {{ join "," . | quote }}}
{{- end }}
{{- if .Values.production }}
- {name: TENON_PRODUCTION, value: "true"}
{{- end }}
{{- with .Values.smtp.existingSecret }}
- name: TENON_SMTP_URL
  valueFrom: {secretKeyRef: {name: {{ . }}, key: url}}
- {name: TENON_MAIL_FROM, value: {{ $.Values.smtp.from | quote }}}
{{- end }}
{{- with .Values.openTelemetry.endpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
- {name: OTEL_TRACES_SAMPLER_ARG, value: {{ $.Values.openTelemetry.ratio | quote }}}
{{- end }}
{{- if .Values.extraCA.configMap }}
- {name: SSL_CERT_DIR, value: "/etc/ssl/certs:/etc/tenon/ca"}
{{- end }}
{{- with .Values.files.to }}
- {name: TENON_FILES, value: {{ . | quote }}}
{{- end }}
{{- with .Values.files.credentialsSecret }}
- name: TENON_FILES_AWS_ACCESS_KEY_ID
  valueFrom: {secretKeyRef: {name: {{ . }}, key: AWS_ACCESS_KEY_ID}}
- name: TENON_FILES_AWS_SECRET_ACCESS_KEY
  valueFrom: {secretKeyRef: {name: {{ . }}, key: AWS_SECRET_ACCESS_KEY}}
{{- end }}
{{- if ne (int .Values.files.maxUploadMB) 200 }}
- {name: TENON_MAX_UPLOAD, value: {{ .Values.files.maxUploadMB | quote }}}
{{- end }}
{{- if eq .Values.keys.mode "vault" }}
{{- $v := .Values.keys.vault }}
- {name: TENON_VAULT_ADDR, value: {{ if $v.dev }}"http://{{ include "tenon.name" . }}-vault:8200"{{ else }}{{ required "keys.vault.address" $v.address | quote }}{{ end }}}
- {name: TENON_VAULT_MOUNT, value: {{ $v.transit | quote }}}
{{- if $v.dev }}
- {name: TENON_VAULT_TOKEN, value: "dev"}
{{- else if eq $v.auth "token" }}
- name: TENON_VAULT_TOKEN
  valueFrom: {secretKeyRef: {name: {{ required "keys.vault.tokenSecret" $v.tokenSecret }}, key: token}}
{{- else if eq $v.auth "agent" }}
- {name: TENON_VAULT_TOKEN_FILE, value: /vault/secrets/token}
{{- else }}
- {name: TENON_VAULT_AUTH, value: kubernetes}
- {name: TENON_VAULT_AUTH_MOUNT, value: {{ $v.mount | quote }}}
- {name: TENON_VAULT_KUBERNETES_ROLE, value: {{ $v.role | quote }}}
- {name: TENON_VAULT_JWT_FILE, value: /var/run/secrets/vault/token}
{{- end }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "tenon.mounts" -}}
- {name: data, mountPath: /data}
- {name: tmp, mountPath: /tmp}
{{- if .Values.files.claim }}
- {name: files, mountPath: /files}
{{- end }}
{{- if eq .Values.keys.mode "file" }}
- {name: keys, mountPath: /data/keys}
{{- else if and (not .Values.keys.vault.dev) (eq .Values.keys.vault.auth "kubernetes") }}
- {name: vault-token, mountPath: /var/run/secrets/vault, readOnly: true}
{{- end }}
{{- if .Values.extraCA.configMap }}
- {name: ca, mountPath: /etc/tenon/ca, readOnly: true}
{{- end }}
{{- end }}

{{- define "tenon.volumes" -}}
- {name: data, emptyDir: {sizeLimit: 1Gi}}
- {name: tmp, emptyDir: {sizeLimit: 4Gi}}
{{- with .Values.files.claim }}
- {name: files, persistentVolumeClaim: {claimName: {{ . }}}}
{{- end }}
{{- if eq .Values.keys.mode "file" }}
- name: keys
  persistentVolumeClaim: {claimName: {{ include "tenon.keyClaim" . }}}
{{- else if and (not .Values.keys.vault.dev) (has .Values.keys.vault.auth (list "kubernetes" "agent")) }}
- name: vault-token
  projected: {sources: [{serviceAccountToken: {path: token, audience: vault, expirationSeconds: 600}}]}
{{- end }}
{{- with .Values.extraCA.configMap }}
- name: ca
  configMap: {name: {{ . }}, items: [{key: {{ $.Values.extraCA.key }}, path: extra.crt}]}
{{- end }}
{{- end }}

{{/* Annotations of a pod. Vault's agent finds the token of Kubernetes in the volume that is named, since pods carry no other; in a pod that ends it fetches
once and leaves. Call with (dict "root" $ "once" true). */}}
{{- define "tenon.podAnnotations" -}}
checksum/database: {{ toJson .root.Values.database | sha256sum }}
{{- if and (eq .root.Values.keys.mode "vault") (eq .root.Values.keys.vault.auth "agent") (not .root.Values.keys.vault.dev) }}
vault.hashicorp.com/agent-service-account-token-volume-name: vault-token
{{- if .once }}
vault.hashicorp.com/agent-pre-populate-only: "true"
{{- end }}
{{- end }}
{{- with .root.Values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* What all pods have in common. Call with (dict "root" $ "part" "api" "pod" .Values.api). */}}
{{- define "tenon.pod" -}}
{{- $ := .root -}}
serviceAccountName: {{ include "tenon.account" $ }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext: {{- include "tenon.podSecurity" $ | nindent 2 }}
{{- with .pod.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .pod.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .pod.affinity }}
affinity: {{- toYaml .pod.affinity | nindent 2 }}
{{- else }}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector: {matchLabels: {app.kubernetes.io/name: {{ $.Chart.Name }}, app.kubernetes.io/instance: {{ $.Release.Name }}, app.kubernetes.io/component: {{ .part }}}}
{{- end }}
{{- if $.Values.topologySpread.enabled }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: {{ $.Values.topologySpread.whenUnsatisfiable }}
    labelSelector: {matchLabels: {app.kubernetes.io/name: {{ $.Chart.Name }}, app.kubernetes.io/instance: {{ $.Release.Name }}, app.kubernetes.io/component: {{ .part }}}}
{{- end }}
{{- end }}

{{/* The container of a job-like pod. Call with (dict "root" $ "name" "migrate" "args" (list …) "resources" … "env" "" "mounts" ""). */}}
{{- define "tenon.once" -}}
{{- $ := .root -}}
- name: {{ .name }}
  image: {{ include "tenon.image" $ }}
  imagePullPolicy: {{ $.Values.image.pullPolicy }}
  args: {{ toJson .args }}
  securityContext: {{- include "tenon.containerSecurity" $ | nindent 4 }}
  resources: {{- toYaml .resources | nindent 4 }}
  env: {{- include "tenon.env" $ | nindent 4 }}
  {{- with .env }}
    {{- . | nindent 4 }}
  {{- end }}
  volumeMounts: {{- include "tenon.mounts" $ | nindent 4 }}
  {{- with .mounts }}
    {{- . | nindent 4 }}
  {{- end }}
{{- end }}
