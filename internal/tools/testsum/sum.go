package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// event is a line of go test -json; see go doc test2json.
type event struct {
	Action      string
	Package     string
	ImportPath  string // of build-output
	Test        string
	Output      string
	Elapsed     float64 // seconds
	FailedBuild string
}

// took is how long a test ran, with the tests that it ran beside.
type took struct {
	test    string
	seconds float64
}

const slowestShown = 12

// sum counts the results of tests. A test with subtests counts as its subtests do, and once more only when it failed by itself.
type sum struct {
	out      io.Writer
	packages map[string]*results
	builds   map[string]string // messages of the compiler by import path
	times    []took

	passed, failed, skipped int
}

// results are those of one package that is being tested.
type results struct {
	output map[string]*strings.Builder // by test; "" is the package's own
	state  map[string]string           // by test: run, then pass, fail or skip
	order  []string
}

func newSum(out io.Writer) *sum {
	return &sum{out: out, packages: map[string]*results{}, builds: map[string]string{}}
}

func (s *sum) print(text string) { _, _ = io.WriteString(s.out, text) }

func (s *sum) take(e *event) {
	switch e.Action {
	case "build-output":
		s.builds[e.ImportPath] += e.Output
		return
	case "build-fail":
		return
	}
	p := s.packages[e.Package]
	if p == nil {
		p = &results{output: map[string]*strings.Builder{}, state: map[string]string{}}
		s.packages[e.Package] = p
	}
	switch e.Action {
	case "output":
		p.write(e.Test, e.Output)
	case "run":
		p.state[e.Test] = "run"
		p.order = append(p.order, e.Test)
	case "pass", "fail", "skip":
		if e.Test != "" {
			p.state[e.Test] = e.Action
			if !strings.Contains(e.Test, "/") {
				s.times = append(s.times, took{e.Package + "." + e.Test, e.Elapsed})
			}
			return
		}
		s.end(p, e)
		delete(s.packages, e.Package)
	}
}

func (p *results) write(test, text string) {
	if p.output[test] == nil {
		p.output[test] = &strings.Builder{}
	}
	p.output[test].WriteString(text)
}

// end counts and prints a package whose tests have ended.
func (s *sum) end(p *results, e *event) {
	failed := 0
	for _, test := range p.order {
		switch state := p.state[test]; {
		case state == "fail" || state == "run": // a test that was running when the program died has failed
			s.print(p.text(test))
			if !p.hasChild(test, "fail", "run") {
				failed++
			}
		case p.hasChild(test):
		case state == "skip":
			s.print(p.text(test)) // the law allows none: show which
			s.skipped++
		default:
			s.passed++
		}
	}
	if e.Action == "fail" && failed == 0 {
		failed = 1 // it could not be built, or died outside of its tests
	}
	s.failed += failed
	if e.FailedBuild != "" {
		s.print(s.builds[e.FailedBuild])
		delete(s.builds, e.FailedBuild) // once, however many packages need it
	}
	s.print(p.last(e.Action == "fail"))
}

func (p *results) text(test string) string {
	if b := p.output[test]; b != nil {
		return b.String()
	}
	return ""
}

// last returns the package's own lines: all of them when it failed, else the one that go test prints.
func (p *results) last(all bool) string {
	text := p.text("")
	if all {
		return text
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "? ") || strings.HasPrefix(line, "\t") && strings.Contains(line, "coverage:") {
			out.WriteString(line)
		}
	}
	return out.String()
}

// hasChild tells whether a test has subtests, in one of these states where some are given.
func (p *results) hasChild(test string, states ...string) bool {
	return slices.ContainsFunc(p.order, func(other string) bool {
		return strings.HasPrefix(other, test+"/") && (len(states) == 0 || slices.Contains(states, p.state[other]))
	})
}

// code is the exit code: 0 only when tests ran and none failed.
func (s *sum) code(ended error) int {
	for _, text := range s.builds { // a build that failed and that no package named
		s.print(text)
	}
	for name, p := range s.packages { // go test died before it said how the package ended
		s.end(p, &event{Action: "fail", Package: name})
	}
	if ended != nil || s.failed > 0 {
		return 1
	}
	if s.passed == 0 {
		s.print("no test ran\n")
		return 1
	}
	return 0
}

// slowest names the tests that took longest, if any took seconds.
func (s *sum) slowest() string {
	slices.SortStableFunc(s.times, func(a, b took) int { return cmp.Compare(b.seconds, a.seconds) })
	var out strings.Builder
	for _, x := range s.times[:min(slowestShown, len(s.times))] {
		if x.seconds >= 5 {
			fmt.Fprintf(&out, "%6.1f s %s\n", x.seconds, x.test)
		}
	}
	if out.Len() == 0 {
		return ""
	}
	return "the slowest tests:\n" + out.String()
}

func (s *sum) line() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", s.passed, s.failed, s.skipped)
}
