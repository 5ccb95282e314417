package tenon_test

import (
	"bufio"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// composeFile is what is looked at of deploy/compose.yaml.
type composeFile struct {
	Services map[string]struct {
		Image       string            `yaml:"image"`
		Command     any               `yaml:"command"`
		ReadOnly    bool              `yaml:"read_only"`
		User        string            `yaml:"user"`
		CapDrop     []string          `yaml:"cap_drop"`
		Secrets     []string          `yaml:"secrets"`
		Volumes     []string          `yaml:"volumes"`
		Environment map[string]string `yaml:"environment"`
		DependsOn   map[string]any    `yaml:"depends_on"`
		Healthcheck struct {
			Test []string `yaml:"test"`
		} `yaml:"healthcheck"`
	} `yaml:"services"`
	Secrets map[string]struct {
		File string `yaml:"file"`
	} `yaml:"secrets"`
	Volumes map[string]any `yaml:"volumes"`
}

// TestCompose: the file can be read, nothing in it points to nothing, each service tells whether it is well, and Tenon's own run without rights.
func TestCompose(t *testing.T) {
	raw, err := os.ReadFile("deploy/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c composeFile
	if err := yaml.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"api", "work", "postgres", "vault", "mail"} {
		if _, ok := c.Services[name]; !ok {
			t.Errorf("there is no service %s", name)
		}
	}
	for name, s := range c.Services {
		if len(s.Healthcheck.Test) < 2 {
			t.Errorf("%s: no health check", name)
		}
		if !strings.HasPrefix(s.Image, "${TENON_IMAGE:-") && (!strings.Contains(s.Image, ":") || strings.HasSuffix(s.Image, ":latest")) {
			t.Errorf("%s: the image %s names no version", name, s.Image)
		}
		for other := range s.DependsOn {
			if _, ok := c.Services[other]; !ok {
				t.Errorf("%s depends on %s, which is not there", name, other)
			}
		}
		for _, secret := range s.Secrets {
			if c.Secrets[secret].File == "" {
				t.Errorf("%s: the secret %s is no file", name, secret)
			}
		}
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if _, ok := c.Volumes[from]; !ok {
				t.Errorf("%s: the volume %s is not declared", name, from)
			}
		}
		for key, value := range s.Environment {
			if strings.HasSuffix(key, "_FILE") && !slices.Contains(s.Secrets, strings.TrimPrefix(value, "/run/secrets/")) {
				t.Errorf("%s: %s names %s, which it does not get", name, key, value)
			}
		}
	}
	for _, name := range []string{"api", "work"} {
		if s := c.Services[name]; !s.ReadOnly || s.User != "65532:65532" || !slices.Equal(s.CapDrop, []string{"ALL"}) {
			t.Errorf("%s has rights that it does not need: %+v", name, s)
		}
	}
}

// TestContainerfile: each stage that is copied from exists, `make dist` makes what is copied from dist/, and the image is not root's.
func TestContainerfile(t *testing.T) {
	f, err := os.Open("deploy/Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"ARG", "FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "EXPOSE", "VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
	from, stage := regexp.MustCompile(`--from=(\S+)`), regexp.MustCompile(`(?i) AS (\S+)$`)
	var stages []string
	last := map[string]string{}
	in := bufio.NewScanner(f)
	for in.Scan() {
		line := in.Text()
		for strings.HasSuffix(line, "\\") && in.Scan() {
			line = strings.TrimSuffix(line, "\\") + strings.TrimSpace(in.Text())
		}
		word, rest, _ := strings.Cut(line, " ")
		if word == "" || strings.HasPrefix(word, "#") {
			continue
		}
		if !slices.Contains(known, word) {
			t.Errorf("%s is no instruction", word)
		}
		if word == "FROM" {
			clear(last)
		}
		last[word] = rest
		if m := stage.FindStringSubmatch(line); word == "FROM" && m != nil {
			stages = append(stages, m[1])
		}
		if m := from.FindStringSubmatch(rest); len(m) > 1 && !slices.Contains(stages, m[1]) {
			t.Errorf("%s: there is no stage %s", line, m[1])
		}
		if source, _, _ := strings.Cut(rest, " "); word == "COPY" && strings.HasPrefix(source, "dist/") && !strings.Contains(string(makefile), source) &&
			source != "dist/ca-certificates.crt" {
			t.Errorf("%s: make dist does not make it", line)
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(stages, "source") || !slices.Contains(stages, "prepared") {
		t.Errorf("the two ways to build are gone: %v", stages)
	}
	if last["FROM"] != "scratch" || last["USER"] != "65532:65532" || last["ENTRYPOINT"] == "" || last["HEALTHCHECK"] == "" {
		t.Errorf("the image: %v", last)
	}
}
