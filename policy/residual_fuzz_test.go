package policy

import (
	"regexp"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tenon-hq/tenon/internal/fault"
)

// sqlPieces is all that a row rule may become: columns of the table, casts, comparisons; every value is an argument.
var sqlPieces = regexp.MustCompile(`^(\{t\}\."[a-z_]+"|\?(::text)?(::(numeric|boolean|date|timestamptz|uuid))?| AND | OR |NOT |coalesce|starts_with|right|strpos|length|` +
	` IS DISTINCT FROM | IN |, | [<>=]=? | > 0|FALSE|TRUE|[()])*$`)

// Whatever a row rule says, it is refused or becomes a condition of known pieces, with one argument for each mark.
func FuzzRowRules(f *testing.F) {
	for _, seed := range []string{
		`input.row.total_amount > 100000`, `100000 < input.row.total_amount`, `input.row.status == "'; DROP --"`, `startswith(input.row.no, "X")`, `endswith(input.row.no, "")`,
		`contains(input.row.no, "%")`, `input.row.status in {"a", "b"}`, `input.row.status in []`, `input.row.owner_id != input.actor.id`, `not input.row.total_amount < 5`,
		`input.row.total_amount > 1; input.row.status == "x"`, `input.row["status"] == "x"`, `input.row.total_amount == 1e400`, `true`, `input.row.status`, `x := 1`,
		`input.row.no == input.row.status`, `every x in [1] { x > 0 }`, `input.row.status == "a" with input.actor as {}`, `some x in input.row`, `input.row.total_amount > -0.0`,
	} {
		f.Add(seed)
	}
	def := newCatalog(f).Entity("sales.order")
	f.Fuzz(func(t *testing.T, text string) {
		body, err := ast.ParseBodyWithOpts(text, ast.ParserOptions{RegoVersion: ast.RegoV1})
		if err != nil {
			return
		}
		got, err := filterOf([]ast.Body{body}, def)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatal(err)
			}
			return
		}
		where, args := got.SQL("")
		if !sqlPieces.MatchString(got.where) {
			t.Fatalf("%q became %s", text, where)
		}
		if n := strings.Count(where, "?"); n != len(args) {
			t.Fatalf("%q became %s with %d arguments", text, where, len(args))
		}
	})
}
