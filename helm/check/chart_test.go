// Package check holds the proofs of the Helm chart, in a module of its own so that Helm and Kubernetes stay out of the product's.
package check

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/yannh/kubeconform/pkg/validator"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write the golden files anew")

const chart = "../tenon"

// presets are what the chart is rendered with: the shipped presets, and what they leave out.
func presets(t *testing.T) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	for _, dir := range []string{chart + "/presets", "testdata/values"} {
		files, err := filepath.Glob(dir + "/*.yaml")
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, f := range files {
			v, err := chartutil.ReadValuesFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out[strings.TrimSuffix(filepath.Base(f), ".yaml")] = v
		}
	}
	return out
}

// randomness is what differs each time: generated secrets.
var randomness = regexp.MustCompile(`(master\.key: |password: "|postgres://tenon:)[A-Za-z0-9+/=]{20,}`)

// render returns the chart's manifests with some values, in the order of their files.
func render(t *testing.T, values map[string]any) string {
	t.Helper()
	c, err := loader.Load(chart)
	if err != nil {
		t.Fatal(err)
	}
	v, err := chartutil.ToRenderValues(c, values, chartutil.ReleaseOptions{Name: "erp", Namespace: "erp", IsInstall: true, Revision: 1}, chartutil.DefaultCapabilities)
	if err != nil {
		t.Fatal(err)
	}
	files, err := engine.Render(c, v)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range files {
		if strings.HasSuffix(name, ".yaml") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var b strings.Builder
	for _, name := range names {
		for _, doc := range strings.Split("\n"+files[name], "\n---") {
			if text := strings.TrimSpace(doc); text != "" && !onlyComment(text) {
				b.WriteString("---\n# " + name + "\n" + text + "\n")
			}
		}
	}
	return b.String()
}

func onlyComment(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return false
		}
	}
	return true
}

func TestLint(t *testing.T) {
	for name, v := range presets(t) {
		for _, m := range lint.All(chart, v, "erp", true).Messages {
			if m.Severity >= support.WarningSev {
				t.Errorf("%s: %v", name, m)
			}
		}
	}
}

func TestGolden(t *testing.T) {
	for name, v := range presets(t) {
		got := randomness.ReplaceAllString(render(t, v), "${1}RANDOM")
		path := "testdata/golden/" + name + ".yaml"
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: the manifests changed; look at the diff of `make chart-golden`:\n%s", name, firstDifference(string(want), got))
		}
	}
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return "-" + x[i] + "\n+" + y[i]
		}
	}
	return "one is longer"
}

// TestRefusedValues: what is misspelt or contradicts itself is told before anything is installed.
func TestRefusedValues(t *testing.T) {
	c, err := loader.Load(chart)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"misspelt":             "api: {replica: 3}",
		"unknown mode":         "database: {mode: embedded}",
		"no number":            "api: {replicas: many}",
		"a bad digest":         "image: {digest: latest}",
		"no database":          "{}",
		"ingress and gateway":  "{database: {mode: bundled}, ingress: {enabled: true, host: h}, gateway: {enabled: true, parent: {name: p}}}",
		"dev vault production": "{database: {mode: bundled}, production: true, keys: {mode: vault, vault: {dev: true}}}",
		"backup to nowhere":    "{database: {mode: bundled}, backup: {enabled: true}}",
	} {
		v, err := chartutil.ReadValues([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		r, err := chartutil.ToRenderValues(c, v, chartutil.ReleaseOptions{Name: "erp", Namespace: "erp"}, chartutil.DefaultCapabilities)
		if err == nil {
			_, err = engine.Render(c, r)
		}
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestSchemas checks each manifest against Kubernetes' own schemas, strictly. Kinds of operators have none here and are named.
func TestSchemas(t *testing.T) {
	others := map[string]struct{}{"ServiceMonitor": {}, "PrometheusRule": {}, "Cluster": {}, "HTTPRoute": {}, "ExternalSecret": {}}
	v, err := validator.New([]string{"schemas/{{.ResourceKind}}{{.KindSuffix}}.json"}, validator.Opts{Strict: true, SkipKinds: others})
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range presets(t) {
		text := render(t, values)
		n := 0
		for _, r := range v.Validate(name, io.NopCloser(strings.NewReader(text))) {
			switch r.Status {
			case validator.Invalid, validator.Error:
				t.Errorf("%s: %v", name, r.Err)
			case validator.Valid:
				n++
			case validator.Skipped, validator.Empty:
			}
		}
		if n < 5 {
			t.Errorf("%s: only %d manifests were checked", name, n)
		}
	}
	for _, r := range v.Validate("bad", io.NopCloser(strings.NewReader("apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: [{prt: 80}]}\n"))) {
		if r.Status != validator.Invalid {
			t.Error("a misspelt field passes: the schemas prove nothing")
		}
	}
}

// pods finds the pod templates in manifests.
func pods(t *testing.T, text string) map[string]*corev1.PodTemplateSpec {
	t.Helper()
	out := map[string]*corev1.PodTemplateSpec{}
	for doc := range strings.SplitSeq(text, "\n---\n") {
		var head struct {
			metav1.TypeMeta   `json:",inline"`
			metav1.ObjectMeta `json:"metadata"`
		}
		if err := yaml.Unmarshal([]byte(doc), &head); err != nil {
			t.Fatal(err)
		}
		read := func(into any) {
			if err := yaml.UnmarshalStrict([]byte(doc), into); err != nil {
				t.Errorf("%s %s: %v", head.Kind, head.Name, err)
			}
		}
		key := head.Kind + " " + head.Name
		switch head.Kind {
		case "Deployment":
			var d appsv1.Deployment
			read(&d)
			out[key] = &d.Spec.Template
		case "StatefulSet":
			var d appsv1.StatefulSet
			read(&d)
			out[key] = &d.Spec.Template
		case "Job":
			var j batchv1.Job
			read(&j)
			out[key] = &j.Spec.Template
		case "CronJob":
			var j batchv1.CronJob
			read(&j)
			out[key] = &j.Spec.JobTemplate.Spec.Template
		case "Pod":
			var p corev1.Pod
			read(&p)
			out[key] = &corev1.PodTemplateSpec{ObjectMeta: p.ObjectMeta, Spec: p.Spec}
		}
	}
	return out
}

// TestPodSecurity asks the admission controller's own rules: each pod is "restricted".
func TestPodSecurity(t *testing.T) {
	e, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	refused := func(p *corev1.PodTemplateSpec) string {
		r := policy.AggregateCheckResults(e.EvaluatePod(level, &p.ObjectMeta, &p.Spec))
		return strings.Join(r.ForbiddenDetails, "; ")
	}
	for name, values := range presets(t) {
		for what, p := range pods(t, render(t, values)) {
			if why := refused(p); why != "" {
				t.Errorf("%s: %s: %s", name, what, why)
			}
			for _, c := range p.Spec.Containers {
				s := c.SecurityContext
				if s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem || c.Resources.Requests.Memory().IsZero() || c.Resources.Limits.Memory().IsZero() {
					t.Errorf("%s: %s: %s: a writable root, or no limits", name, what, c.Name)
				}
			}
			if a := p.Spec.AutomountServiceAccountToken; a == nil || *a {
				t.Errorf("%s: %s: it carries a token of Kubernetes", name, what)
			}
		}
	}
	if refused(&corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "x"}}}}) == "" {
		t.Error("a pod without any rules passes: the check proves nothing")
	}
}

// TestDefaultDeny: where policies are on, no pod is left out of the one that denies, and what a pod must reach or serve has a rule.
func TestDefaultDeny(t *testing.T) {
	for name, values := range presets(t) {
		text := render(t, values)
		deny := "name: erp-tenon-deny"
		if !strings.Contains(text, deny) {
			t.Errorf("%s: nothing is denied", name)
			continue
		}
		for what, p := range pods(t, text) {
			if p.Labels["app.kubernetes.io/name"] != "tenon" || p.Labels["app.kubernetes.io/instance"] != "erp" {
				t.Errorf("%s: %s is outside of the policy that denies", name, what)
			}
			switch c := p.Labels["app.kubernetes.io/component"]; c {
			case "api", "work", "migrate", "backup", "test":
			case "pg", "vault":
				if !strings.Contains(text, "kind: NetworkPolicy\nmetadata:\n  name: erp-tenon-"+c+"\n") {
					t.Errorf("%s: nobody may reach %s", name, c)
				}
			default:
				t.Errorf("%s: %s has no rule", name, what)
			}
		}
		if strings.Contains(text, "OTEL_EXPORTER_OTLP_ENDPOINT") && !strings.Contains(text, "[{port: 4318}]") {
			t.Errorf("%s: traces don't get out", name)
		}
		// Vault's agent puts the token into each pod, and needs a token of Kubernetes to get it.
		if agents := strings.Count(text, "TENON_VAULT_TOKEN_FILE"); agents != strings.Count(text, "agent-service-account-token-volume-name: vault-token") {
			t.Errorf("%s: an agent lacks its token", name)
		}
	}
}

// TestKubeScore lets kube-score look for what is unwise. What it says and is argued here is left out.
func TestKubeScore(t *testing.T) {
	bin := os.Getenv("KUBESCORE")
	if bin == "" {
		t.Fatal("KUBESCORE names the program: run `make chart`")
	}
	ignored := strings.Join([]string{
		"container-image-pull-policy",                                                                                                                               // tags are versions here, never moved
		"container-ephemeral-storage-request-and-limit",                                                                                                             // emptyDirs have limits
		"container-resources",                                                                                                                                       // no CPU limit on purpose: it only slows down; memory has one
		"statefulset-has-poddisruptionbudget", "statefulset-has-host-podantiaffinity", "statefulset-has-servicename", "statefulset-replicas", "deployment-replicas", // one of it is the point of an evaluation
		"pod-networkpolicy", "networkpolicy-targets-pod", // it does not read matchExpressions; TestDefaultDeny looks at it
		"pod-probes", "pod-probes-identical", // Jobs have none; the worker's are told apart by their limits
		"deployment-has-poddisruptionbudget", // with one replica none is right; with more the presets have one
		"horizontalpodautoscaler-has-target", // it looks at Deployments by API version only
	}, ",")
	for name, values := range presets(t) {
		cmd := exec.CommandContext(t.Context(), bin, "score", "--ignore-test", ignored, "--exit-one-on-warning=false", "--output-format", "ci", "-")
		cmd.Stdin = strings.NewReader(render(t, values))
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		for line := range bytes.Lines(out) {
			if bytes.HasPrefix(line, []byte("[CRITICAL]")) {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}
