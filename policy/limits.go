package policy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/tenon-hq/tenon/internal/fault"
)

// What a tenant's own Rego may cost. A decision takes some hundred steps; each step may keep at most what one built-in makes of the input, so that steps
// bound memory too.
const (
	ownLimit   = 64 << 10 // bytes of source
	ownNesting = 48       // of brackets, comprehensions and operands
	ownRules   = 400
	ownPerBody = 100 // expressions in one body
	ownNodes   = 20_000
	ownSteps   = 200_000
	ownCompile = 2 * time.Second
	ownPause   = 10 * time.Second // without a try after one that took too much
)

// errCostly is the cause when a tenant's own Rego takes more than it may.
var errCostly = errors.New("the tenant's own Rego takes too many steps")

// budget stops an evaluation after so many steps.
type budget struct {
	left   int
	cancel topdown.Cancel
}

// Enabled tells the evaluator to call.
func (b *budget) Enabled() bool { return true }

// Config wants no values.
func (b *budget) Config() topdown.TraceConfig { return topdown.TraceConfig{} }

// TraceEvent counts a step.
func (b *budget) TraceEvent(topdown.Event) {
	if b.left--; b.left == 0 {
		b.cancel.Cancel()
	}
}

// evaluate asks one prepared query. Where a tenant's own Rego takes part it has so many steps; one that
// takes more is not tried again for a while, so that it takes no time from others.
func (s *ruleset) evaluate(ctx context.Context, query *rego.PreparedEvalQuery, in ast.Value) (rego.ResultSet, error) {
	options := []rego.EvalOption{rego.EvalParsedInput(in)}
	if s.watch != nil {
		options = append(options, rego.EvalQueryTracer(s.watch))
	}
	if !s.own {
		rs, err := query.Eval(ctx, options...)
		return rs, asRefused(err)
	}
	if s.resting() {
		return nil, costly(nil)
	}
	b := &budget{left: ownSteps, cancel: topdown.NewCancel()}
	rs, err := query.Eval(ctx, append(options, rego.EvalQueryTracer(b), rego.EvalExternalCancel(b.cancel))...)
	if err != nil && (b.left <= 0 || ctx.Err() != nil) {
		return nil, s.rest(err)
	}
	return rs, asRefused(err)
}

// rest lets a tenant's own Rego alone for a while after it took too much.
func (s *ruleset) rest(err error) error {
	s.stopped.Store(time.Now().Add(ownPause).UnixNano())
	return costly(err)
}

func (s *ruleset) resting() bool { return time.Now().UnixNano() < s.stopped.Load() }

func asRefused(err error) error {
	if err == nil {
		return nil
	}
	return refused(err)
}

func costly(err error) error {
	return fault.New(fault.Unavailable, "policy.too_costly", "贵企业自己的规则代码计算量过大，已被中止；请安全管理员回滚到上一版本",
		"Your company's own Rego takes too many steps and was stopped; a security officer can roll back to the version before").Because(errors.Join(errCostly, err))
}

// Mistake is something wrong in Rego, where it stands.
type Mistake struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Code    string `json:"code"`
}

// mistakes makes of what parser or compiler say a list with places.
func mistakes(err error) []Mistake {
	var list ast.Errors
	if one, ok := errors.AsType[*ast.Error](err); ok {
		list = ast.Errors{one}
	}
	errors.As(err, &list)
	var out []Mistake
	for _, e := range list {
		m := Mistake{Line: 1, Column: 1, Message: e.Message, Code: e.Code}
		if e.Location != nil {
			m.Line, m.Column = max(1, e.Location.Row), max(1, e.Location.Col)
		}
		out = append(out, m)
	}
	if out == nil {
		out = []Mistake{{1, 1, err.Error(), "policy_error"}}
	}
	return out
}

// wrongRego says all that is wrong in a tenant's own Rego, each with line and column.
func wrongRego(err error) error {
	list := mistakes(err)
	f := fault.New(fault.Invalid, "policy.rego", "规则代码有误", "the Rego is not accepted").With("mistakes", list).Because(err)
	for _, m := range list {
		f.At("rego", "policy.rego", "第 %d 行第 %d 列：%s", "line %d, column %d: %s", m.Line, m.Column, m.Message)
	}
	return f
}

func tooBig(at *ast.Location, format string, args ...any) error {
	return ast.NewError("policy_limit", at, format, args...)
}

// nesting refuses source that is nested so deep that reading it costs more than its size tells.
func nesting(text string) error {
	depth, row, col, quoted, raw := 0, 1, 0, false, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		if col++; c == '\n' {
			row, col, quoted = row+1, 0, false
			continue
		}
		switch {
		case raw:
			raw = c != '`'
		case quoted:
			if c == '\\' {
				i++
			}
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == '`':
			raw = true
		case c == '#':
			if end := strings.IndexByte(text[i:], '\n'); end > 0 {
				i += end - 1
			}
		case strings.IndexByte("([{", c) >= 0:
			if depth++; depth > ownNesting {
				return tooBig(ast.NewLocation(nil, "tenant.rego", row, col), "nested deeper than %d brackets", ownNesting)
			}
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		}
	}
	if n := strings.Count(text, "else"); n > ownRules {
		return tooBig(nil, "more than %d times else", ownRules)
	}
	return chains(text)
}

// chains refuses a line with so many operators that its tree would be as deep.
func chains(text string) error {
	for i, line := range strings.Split(text, "\n") {
		if n := strings.Count(line, "+") + strings.Count(line, "-") + strings.Count(line, "|") + strings.Count(line, "&") + strings.Count(line, "not "); n > 4*ownNesting {
			return tooBig(ast.NewLocation(nil, "tenant.rego", i+1, 1), "more than %d operators in a line", 4*ownNesting)
		}
	}
	return nil
}

// measure refuses a module whose compilation or evaluation would cost more than it may, before either begins.
func measure(m *ast.Module) error {
	for _, r := range m.Rules {
		if name := r.Head.Name.String(); (name == "deny" || name == "hide") && (r.Head.Key == nil || r.Head.Value != nil) {
			return ast.NewError("policy_shape", r.Location, "%s is a set: write \"%s contains … if { … }\"", name, name)
		}
	}
	if len(m.Rules) > ownRules {
		return tooBig(m.Rules[ownRules].Location, "more than %d rules", ownRules)
	}
	nodes, deep := 0, 0
	var where, printed *ast.Location
	v := ast.NewBeforeAfterVisitor(func(x any) bool {
		nodes++
		deep++
		switch x := x.(type) {
		case ast.Body:
			if len(x) > ownPerBody && where == nil {
				where = x[ownPerBody].Location
			}
		case *ast.Expr:
			if x.IsCall() && x.Operator().String() == "print" { // the compiler would leave it out without a word
				printed = x.Location
			}
			if deep > 4*ownNesting && where == nil {
				where = x.Location
			}
		}
		return nodes > ownNodes || where != nil
	}, func(any) { deep-- })
	v.Walk(m)
	switch {
	case printed != nil:
		return ast.NewError("rego_type_error", printed, "undefined function print")
	case where != nil:
		return tooBig(where, "more than %d expressions in one body, or nested too deep", ownPerBody)
	case nodes > ownNodes:
		return tooBig(m.Package.Location, "more than %d terms and expressions", ownNodes)
	}
	return nil
}

// inTime runs a compilation that can't be interrupted, and lets go of it when it takes too long. What it may take was measured before.
func inTime(ctx context.Context, work func() (*ast.Compiler, error)) (*ast.Compiler, error) {
	type result struct {
		compiler *ast.Compiler
		err      error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- result{nil, fmt.Errorf("the compiler gave up: %v", r)}
			}
		}()
		c, err := work()
		done <- result{c, err}
	}()
	timer := time.NewTimer(ownCompile)
	defer timer.Stop()
	select {
	case r := <-done:
		return r.compiler, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, tooBig(nil, "compiling takes more than %s", ownCompile)
	}
}
