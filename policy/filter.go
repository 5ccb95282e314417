package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
)

type scope byte

// The zero scope denies, so that a forgotten filter shows nothing.
const (
	noRows scope = iota
	allRows
	someRows
)

// Filter says which rows of an entity may be seen. The zero value lets none through.
type Filter struct {
	scope scope
	where string // over the columns of the row; table is written {t}
	args  []any
}

// All tells that every row may be seen.
func (f Filter) All() bool { return f.scope == allRows }

// None tells that no row may be seen.
func (f Filter) None() bool { return f.scope == noRows }

// SQL returns a condition for WHERE over the entity's table, whose alias is given (empty: columns stand alone), with ? for each of args. It is never
// empty: TRUE for all rows, FALSE for none.
func (f Filter) SQL(alias string) (where string, args []any) {
	switch f.scope {
	case allRows:
		return "TRUE", nil
	case someRows:
		if alias != "" {
			alias = quote(alias) + "."
		}
		return strings.ReplaceAll(f.where, "{t}.", alias), f.args
	}
	return "FALSE", nil
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// bind puts a person's id in place of the unknown one; nobody owns nothing.
func (f Filter) bind(actor id.ID) Filter {
	if actor.IsZero() {
		return Filter{}
	}
	args := make([]any, len(f.args))
	for i := range args {
		args[i] = actor
	}
	return Filter{scope: someRows, where: f.where, args: args}
}

var errResidual = errors.New("a row rule can't be turned into SQL")

// filterOf turns what partial evaluation left over into SQL: no query left denies all rows, an empty query allows all.
func filterOf(queries []ast.Body, doc *entity.Def) (Filter, error) {
	if len(queries) == 0 {
		return Filter{}, nil
	}
	var or []string
	n := 0
	for _, q := range queries {
		if len(q) == 0 {
			return Filter{scope: allRows}, nil
		}
		var and []string
		for _, e := range q {
			sql, err := comparison(e, doc)
			if err != nil {
				return Filter{}, err
			}
			and = append(and, sql)
			n++
		}
		or = append(or, strings.Join(and, " AND "))
	}
	return Filter{scope: someRows, where: "(" + strings.Join(or, " OR ") + ")", args: make([]any, n)}, nil
}

// comparison translates "column of the row = the person's id"; anything else is refused rather than guessed.
func comparison(e *ast.Expr, doc *entity.Def) (string, error) {
	if e.Negated || len(e.With) > 0 || !e.IsCall() || len(e.Operands()) != 2 {
		return "", fmt.Errorf("%w: %v", errResidual, e)
	}
	if op := e.Operator().String(); op != "eq" && op != "equal" {
		return "", fmt.Errorf("%w: %v", errResidual, e)
	}
	a, b := e.Operand(0).String(), e.Operand(1).String()
	if a == actorTerm {
		a, b = b, a
	}
	name, ok := strings.CutPrefix(a, "input.row.")
	f := doc.Field(name)
	if !ok || b != actorTerm || f == nil || !f.Stored() || f.Kind != entity.KindID {
		return "", fmt.Errorf("%w: %v", errResidual, e)
	}
	return "{t}." + quote(f.Name) + " = ?", nil
}

const actorTerm = "input.actor.id"

// forLine says the same of a line: its document must pass.
func (f Filter) forLine(def *entity.Def) Filter {
	if f.scope != someRows || def.ParentDef == nil {
		return f
	}
	f = f.forLine(def.ParentDef)
	inner := strings.ReplaceAll(f.where, "{t}.", quote(def.ParentDef.Table)+".")
	f.where = fmt.Sprintf(`{t}.%s IN (SELECT %s."id" FROM %s WHERE %s)`, quote(def.Parent.Name), quote(def.ParentDef.Table), quote(def.ParentDef.Table), inner)
	return f
}
