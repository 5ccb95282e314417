package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun runs go test on a small module of its own in each state that a project can be in.
func TestRun(t *testing.T) {
	for _, c := range []struct {
		name, source string // of a_test.go after its package clause
		code         int
		line         string
		want         []string // in the output
		not          []string
	}{
		{
			"all pass",
			"func TestA(t *testing.T) { t.Log(\"quiet\") }\nfunc TestB(t *testing.T) { t.Run(\"x\", nop); t.Run(\"y\", nop) }\nfunc nop(*testing.T) {}",
			0, "3 passed, 0 failed, 0 skipped",
			[]string{"ok  \texample.com/a"},
			[]string{"quiet"},
		},
		{
			"one fails", "func TestA(t *testing.T) { t.Run(\"x\", func(t *testing.T) { t.Error(\"seen\") }) }\nfunc TestB(t *testing.T) {}",
			1, "1 passed, 1 failed, 0 skipped",
			[]string{"seen", "FAIL\texample.com/a"},
			nil,
		},
		{
			"a parent fails by itself", "func TestA(t *testing.T) { t.Run(\"x\", func(t *testing.T) {}); t.Error(\"after\") }",
			1, "1 passed, 1 failed, 0 skipped",
			[]string{"after"},
			nil,
		},
		{"skip", "func TestA(t *testing.T) { t.SkipNow() }\nfunc TestB(t *testing.T) {}", 0, "1 passed, 0 failed, 1 skipped", []string{"TestA"}, nil},
		{"panic", "func TestA(t *testing.T) { panic(\"boom\") }", 1, "0 passed, 1 failed, 0 skipped", []string{"boom", "FAIL\texample.com/a"}, nil},
		{"exit", "func TestMain(m *testing.M) { println(\"early\"); os.Exit(3) }\nvar _ = os.Args", 1, "0 passed, 1 failed, 0 skipped", []string{"early"}, nil},
		{"no build", "func TestA(t *testing.T) { missing() }", 1, "0 passed, 1 failed, 0 skipped", []string{"undefined: missing", "[build failed]"}, nil},
		{"no tests", "", 1, "0 passed, 0 failed, 0 skipped", []string{"no test ran"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			head := "package a\n\nimport \"testing\"\nimport \"os\"\n\nvar _ = os.Args\nvar _ testing.TB\n\n"
			put(t, root, "go.mod", "module example.com/a\n\ngo 1.26\n")
			put(t, root, "a.go", "package a\n")
			put(t, root, "a_test.go", head+c.source+"\n")
			t.Chdir(root)
			var out, errOut strings.Builder
			code := run([]string{"-into", "sum.txt", "-count=1", "./..."}, &out, &errOut)
			text := out.String()
			if code != c.code || !strings.HasSuffix(text, "\n"+c.line+"\n") {
				t.Errorf("code %d, want %d with %q at the end of:\n%s%s", code, c.code, c.line, text, errOut.String())
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in:\n%s", want, text)
				}
			}
			for _, not := range c.not {
				if strings.Contains(text, not) {
					t.Errorf("%q in:\n%s", not, text)
				}
			}
			if kept, err := os.ReadFile("sum.txt"); err != nil || string(kept) != c.line+"\n" {
				t.Errorf("kept %q, %v", kept, err)
			}
		})
	}
}

func put(t *testing.T, root, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Of a run's tests the slowest are named, without their parts.
func TestSlowest(t *testing.T) {
	s := newSum(&strings.Builder{})
	for _, e := range []event{
		{Action: "run", Package: "a", Test: "TestQuick"},
		{Action: "pass", Package: "a", Test: "TestQuick", Elapsed: 4.9},
		{Action: "pass", Package: "a", Test: "TestLong", Elapsed: 5},
		{Action: "pass", Package: "a", Test: "TestLonger/part", Elapsed: 60},
		{Action: "fail", Package: "b", Test: "TestLonger", Elapsed: 61.26},
	} {
		s.take(&e)
	}
	if got, want := s.slowest(), "the slowest tests:\n  61.3 s b.TestLonger\n   5.0 s a.TestLong\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
