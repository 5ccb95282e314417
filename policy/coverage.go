package policy

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
)

const (
	casesLimit = 256 << 10
	casesMost  = 1000
)

// CaseResult is what became of one case.
type CaseResult struct {
	Case     int           `json:"case"` // counted from 1
	Name     string        `json:"name"`
	Who      []string      `json:"who"`
	Entity   string        `json:"entity"`
	Passed   bool          `json:"passed"`
	Failures []entity.Text `json:"failures"`
}

// Coverage tells which rules no case has tried.
type Coverage struct {
	Percent     int      `json:"percent"` // of the tenant's own rules and lines of Rego
	Rules       int      `json:"rules"`
	Tried       int      `json:"tried"`
	Untried     []string `json:"untried"`      // ids of rules that decided in no case
	RegoLines   int      `json:"rego_lines"`   // that can be evaluated
	UntriedRego []int    `json:"untried_rego"` // their numbers
}

// CaseReport is a run of all cases.
type CaseReport struct {
	Total    int          `json:"total"`
	Failed   int          `json:"failed"`
	Cases    []CaseResult `json:"cases"`
	Coverage Coverage     `json:"coverage"`
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// readCases reads a tenant's own cases.
func readCases(text string) ([]Case, error) {
	var f casesFile
	if len(text) > casesLimit {
		return nil, wrongCases("not more than 256 KB", 1)
	}
	if err := strict([]byte(text), &f); err != nil {
		line := 1
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ = strconv.Atoi(m[1])
		}
		return nil, wrongCases(err.Error(), line)
	}
	if len(f.Cases) > casesMost {
		return nil, wrongCases("not more than 1000 cases", 1)
	}
	return f.Cases, nil
}

func wrongCases(message string, line int) error {
	return fault.New(fault.Invalid, "policy.cases", "用例有误", "The cases are not accepted").
		With("mistakes", []Mistake{{line, 1, message, "yaml_error"}}).
		At("cases", "policy.cases", "第 %d 行：%s", "line %d: %s", line, message)
}

// RunDraft runs cases against rules, and tells which rules no case has tried.
func (e *Engine) RunDraft(ctx context.Context, rules *Rules, catalog *entity.Catalog, text string) (*CaseReport, error) {
	cases, err := readCases(text)
	if err != nil {
		return nil, err
	}
	if catalog == nil {
		catalog = e.catalog
	}
	seen := cover.New()
	set := rules.set.watched(seen)
	out := &CaseReport{Total: len(cases), Cases: make([]CaseResult, 0, len(cases))}
	tried := map[string]bool{}
	for i, c := range cases {
		t := trial{engine: e, set: set, catalog: catalog, one: c, tried: tried}
		if err := t.run(ctx); err != nil {
			f := fault.As(err)
			if f == nil {
				return nil, err
			}
			t.failed = append(t.failed, f.Text)
		}
		if len(t.failed) > 0 {
			out.Failed++
		}
		out.Cases = append(out.Cases, CaseResult{
			Case: i + 1, Name: c.Name, Who: append([]string{}, c.Who...), Entity: c.Entity, Passed: len(t.failed) == 0, Failures: append([]entity.Text{}, t.failed...),
		})
	}
	out.Coverage = e.coverage(set, tried, seen)
	return out, nil
}

// watched is the same ruleset with somebody who looks on.
func (s *ruleset) watched(c *cover.Cover) *ruleset {
	out := &ruleset{
		number: s.number, grants: s.grants, rules: s.rules, roles: s.roles, own: s.own, rego: s.rego, cases: s.cases, module: s.module, origin: s.origin, names: s.names,
		decide: s.decide, approve: s.approve, rows: s.rows, hide: s.hide, singles: s.singles, actions: s.actions, approvals: s.approvals,
	}
	if s.own {
		out.watch = c
	}
	return out
}

// coverage holds the rules that the tenant wrote, beyond the shipped ones, against those that decided in some case.
func (e *Engine) coverage(set *ruleset, tried map[string]bool, seen *cover.Cover) Coverage {
	c := Coverage{Untried: []string{}, UntriedRego: []int{}}
	for _, id := range e.ownIDs(set) {
		c.Rules++
		if tried[id] {
			c.Tried++
		} else {
			c.Untried = append(c.Untried, id)
		}
	}
	done := c.Tried
	if set.module != nil {
		r := seen.Report(map[string]*ast.Module{"tenant.rego": set.module})
		if f := r.Files["tenant.rego"]; f != nil {
			c.RegoLines = f.CoveredLines + f.NotCoveredLines
			done += f.CoveredLines
			for _, part := range f.NotCovered {
				for row := part.Start.Row; row <= part.End.Row; row++ {
					c.UntriedRego = append(c.UntriedRego, row)
				}
			}
		}
	}
	c.Percent = 100
	if all := c.Rules + c.RegoLines; all > 0 {
		c.Percent = done * 100 / all
	}
	return c
}

// ownIDs are the grants and rules of a version that differ from what is shipped.
func (e *Engine) ownIDs(set *ruleset) []string {
	var out []string
	for _, role := range slices.Sorted(maps.Keys(set.grants)) {
		for _, name := range slices.Sorted(maps.Keys(set.grants[role])) {
			if g, ok := e.shipped.grants[role][name]; !ok || !alike(g, set.grants[role][name]) {
				out = append(out, gridRule+role+":"+name)
			}
		}
	}
	for _, r := range set.rules {
		i := slices.IndexFunc(e.shipped.rules, func(x Rule) bool { return x.ID == r.ID })
		if i < 0 || !alike(e.shipped.rules[i], r) {
			out = append(out, r.ID)
		}
	}
	return out
}
