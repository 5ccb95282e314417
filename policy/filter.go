package policy

import (
	"fmt"
	"strings"

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

// actorArg stands for the acting person's id among the values of a filter.
type actorArg struct{}

// bind puts a person's id in place of the unknown one; nobody owns nothing.
func (f Filter) bind(actor id.ID) Filter {
	args := make([]any, len(f.args))
	for i, a := range f.args {
		if _, ok := a.(actorArg); !ok {
			args[i] = a
			continue
		}
		if actor.IsZero() {
			return Filter{}
		}
		args[i] = actor
	}
	return Filter{scope: someRows, where: f.where, args: args}
}

// without takes away the rows that another filter selects. A row of which that can't be said stays.
func (f Filter) without(hidden Filter) Filter {
	switch {
	case hidden.scope == noRows || f.scope == noRows:
		return f
	case hidden.scope == allRows:
		return Filter{}
	}
	not := "NOT coalesce(" + hidden.where + ", FALSE)"
	if f.scope == allRows {
		return Filter{scope: someRows, where: "(" + not + ")", args: hidden.args}
	}
	return Filter{scope: someRows, where: "(" + f.where + " AND " + not + ")", args: append(append([]any{}, f.args...), hidden.args...)}
}

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
