package policy

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

const (
	actorTerm = "input.actor.id"
	rowTerm   = "input.row."
)

var errResidual = errors.New("a row rule can't be turned into SQL")

// notSQL refuses a row rule that PostgreSQL can't decide: rows are never left out after they were read.
func notSQL(what string, at *ast.Location) error {
	f := fault.New(fault.Invalid, "policy.row_rule", "行规则无法转换为数据库条件：%s", "The row rule can't be turned into a condition of the database: %s", what).Because(errResidual)
	m := Mistake{1, 1, "can't be turned into a condition of the database: " + what, "pe_fragment_error"}
	if at != nil {
		m.Line, m.Column = max(1, at.Row), max(1, at.Col)
	}
	return f.With("mistakes", []Mistake{m}).At("rego", "policy.row_rule", "第 %d 行：%s", "line %d: %s", m.Line, what)
}

// filterOf turns what partial evaluation left over into SQL: no query left selects no row, an empty query selects all.
func filterOf(queries []ast.Body, doc *entity.Def) (Filter, error) {
	if len(queries) == 0 {
		return Filter{}, nil
	}
	t := &translator{doc: doc}
	var or []string
	for _, q := range queries {
		var and []string
		for _, e := range q {
			sql, err := t.condition(e)
			if err != nil {
				return Filter{}, err
			}
			if sql != "" {
				and = append(and, sql)
			}
		}
		if len(and) == 0 {
			return Filter{scope: allRows}, nil
		}
		or = append(or, strings.Join(and, " AND "))
	}
	return Filter{scope: someRows, where: "(" + strings.Join(or, " OR ") + ")", args: t.args}, nil
}

// translator writes conditions of Rego as SQL. Columns are quoted, values are arguments.
type translator struct {
	doc  *entity.Def
	args []any
}

// condition translates one expression; what says nothing about the row is empty. As in Rego, an empty column equals nothing and differs from everything.
func (t *translator) condition(e *ast.Expr) (string, error) {
	if e.Negated {
		plain := e.Copy()
		plain.Negated = false
		sql, err := t.condition(plain)
		if err != nil || sql == "" {
			return sql, err
		}
		return "NOT coalesce(" + sql + ", FALSE)", nil
	}
	if len(e.With) > 0 {
		return "", notSQL(e.String(), e.Location)
	}
	if !e.IsCall() {
		if term, ok := e.Terms.(*ast.Term); ok { // a boolean column by itself
			if f := t.column(term); f != nil && f.Kind == entity.KindBool {
				return "{t}." + quote(f.Name), nil
			}
		}
		return "", notSQL(e.String(), e.Location)
	}
	if len(e.Operands()) != 2 {
		return "", notSQL(e.String(), e.Location)
	}
	op, a, b := e.Operator().String(), e.Operand(0), e.Operand(1)
	if op == "eq" && (isVar(a) || isVar(b)) {
		return "", nil // gives the rule's id a name
	}
	if op == "internal.member_2" {
		return t.member(e, a, b)
	}
	f := t.column(a)
	if f == nil && t.column(b) != nil {
		b, f = a, t.column(b)
		op = mirrored(op)
	}
	if f == nil {
		return "", notSQL(e.String(), e.Location)
	}
	return t.compare(e, op, f, b)
}

func isVar(t *ast.Term) bool { _, ok := t.Value.(ast.Var); return ok }

func mirrored(op string) string {
	switch op {
	case "lt":
		return "gt"
	case "lte":
		return "gte"
	case "gt":
		return "lt"
	case "gte":
		return "lte"
	case "startswith", "endswith", "contains":
		return "" // a column inside of a text is no condition on the column
	}
	return op
}

// column is the field that a term names: a real column of the document, not sealed.
func (t *translator) column(term *ast.Term) *entity.Field {
	name, ok := strings.CutPrefix(term.String(), rowTerm)
	if !ok {
		return nil
	}
	f := t.doc.Field(name)
	if f == nil || !f.Stored() || f.Sealed || f.Kind == entity.KindJSON || f.Kind == entity.KindBytes || f.Kind == entity.KindTexts {
		return nil
	}
	return f
}

func (t *translator) compare(e *ast.Expr, op string, f *entity.Field, value *ast.Term) (string, error) {
	left := "{t}." + quote(f.Name)
	if value.String() == actorTerm {
		if f.Kind != entity.KindID || op != "eq" && op != "equal" && op != "neq" {
			return "", notSQL(e.String(), e.Location)
		}
		t.args = append(t.args, actorArg{})
		if op == "neq" {
			return left + " IS DISTINCT FROM ?", nil // nobody's row is not mine
		}
		return left + " = ?", nil
	}
	text, ok := scalar(value)
	if !ok {
		return "", notSQL(e.String(), e.Location)
	}
	sign := map[string]string{"eq": "=", "equal": "=", "neq": "IS DISTINCT FROM", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}[op]
	if sign != "" {
		cast, err := t.literal(e, f, text)
		if err != nil {
			return "", err
		}
		return left + " " + sign + " " + cast, nil
	}
	if f.Kind != entity.KindText {
		return "", notSQL(e.String(), e.Location)
	}
	switch op {
	case "startswith":
		t.args = append(t.args, text)
		return "starts_with(" + left + ", ?::text)", nil
	case "endswith":
		t.args = append(t.args, text, text)
		return "right(" + left + ", length(?::text)) = ?::text", nil
	case "contains":
		t.args = append(t.args, text)
		return "strpos(" + left + ", ?::text) > 0", nil
	}
	return "", notSQL(e.String(), e.Location)
}

// literal is a value in the type of the column.
func (t *translator) literal(e *ast.Expr, f *entity.Field, text string) (string, error) {
	_, err := termOf(f.Kind, text)
	if f.Kind == entity.KindID && err == nil {
		_, err = id.Parse(text)
	}
	if err != nil {
		return "", notSQL(e.String(), e.Location)
	}
	t.args = append(t.args, text)
	switch {
	case numeric(f.Kind):
		return "?::text::numeric", nil
	case f.Kind == entity.KindBool:
		return "?::text::boolean", nil
	case f.Kind == entity.KindDate:
		return "?::text::date", nil
	case f.Kind == entity.KindTime:
		return "?::text::timestamptz", nil
	case f.Kind == entity.KindID:
		return "?::text::uuid", nil
	}
	return "?::text", nil
}

// member translates "input.row.x in {…}".
func (t *translator) member(e *ast.Expr, a, b *ast.Term) (string, error) {
	f := t.column(a)
	if f == nil {
		return "", notSQL(e.String(), e.Location)
	}
	var list []string
	bad := false
	each := func(x *ast.Term) {
		text, ok := scalar(x)
		if !ok {
			bad = true
			return
		}
		cast, err := t.literal(e, f, text)
		if err != nil {
			bad = true
			return
		}
		list = append(list, cast)
	}
	switch v := b.Value.(type) {
	case *ast.Array:
		v.Foreach(each)
	case ast.Set:
		v.Foreach(each)
	default:
		bad = true
	}
	if bad {
		return "", notSQL(e.String(), e.Location)
	}
	if len(list) == 0 {
		return "FALSE", nil
	}
	return "{t}." + quote(f.Name) + " IN (" + strings.Join(list, ", ") + ")", nil
}

// scalar writes a constant as text.
func scalar(t *ast.Term) (string, bool) {
	switch v := t.Value.(type) {
	case ast.String:
		return string(v), true
	case ast.Number:
		return json.Number(v).String(), true
	case ast.Boolean:
		return v.String(), true
	}
	return "", false
}
