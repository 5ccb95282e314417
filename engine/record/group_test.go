package record_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// shelf holds items by number: cost and note.
func (b bench) shelf(t *testing.T) {
	t.Helper()
	for number, cost := range map[string]string{"A1": "1", "A2": "2", "B1": "1", "B2": "2", "C1": "5"} {
		in := map[string]any{"number": number, "name": "n" + number[:1], "cost": cost}
		if number[1] == '1' {
			in["note"] = "first, of its kind"
		}
		b.add(t, "toy/items", in)
	}
}

func (b bench) numbers(t *testing.T, filter string) string {
	t.Helper()
	rows, _, err := b.list(t, "owner", "toy/items", map[string][]string{"filter": {filter}, "sort": {"number"}})
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprint(r["number"]))
	}
	return strings.Join(out, " ")
}

func TestFiltersJoinConditionsInGroups(t *testing.T) {
	b := newBench(t)
	b.shelf(t)
	for filter, want := range map[string]string{
		`{"field":"number","value":"A1"}`:                                                       "A1",
		`{"field":"cost","op":"gte","value":2}`:                                                 "A2 B2 C1",
		`{"or":[{"field":"number","op":"starts","value":"C"},{"field":"cost","value":"1.00"}]}`: "A1 B1 C1",
		`{"and":[{"or":[{"field":"number","op":"starts","value":"A"},{"field":"number","op":"starts","value":"B"}]},{"field":"cost","op":"gt","value":1}]}`:                        "A2 B2",
		`{"or":[{"and":[{"field":"name","value":"nA"},{"or":[{"field":"cost","value":"2"},{"field":"note","op":"contains","value":"second"}]}]},{"field":"number","value":"C1"}]}`: "A2 C1",
		`{"or":[{"field":"note","op":"in","value":["first, of its kind","other"]}]}`:                                                                                               "A1 B1 C1",
		`{"or":[{"field":"number","op":"in","value":"A1,B2"},{"field":"note","op":"null","value":true}]}`:                                                                          "A1 A2 B2",
		`{"or":[{"field":"name","value":"' OR true --"},{"field":"name","op":"contains","value":"%"}]}`:                                                                            "",
		`{"and":[{"field":"number","op":"ne","value":"A1"},{"field":"note","op":"nin","value":["first, of its kind"]}]}`:                                                           "A2 B2",
	} {
		if got := b.numbers(t, filter); got != want {
			t.Errorf("%s finds %q, want %q", filter, got, want)
		}
	}
	// Beside filters of the address, all of it holds; a page goes on where it ended.
	params := map[string][]string{
		"filter": {`{"or":[{"field":"cost","value":"1"},{"field":"cost","value":"2"}]}`}, "number[ne]": {"A1"}, "limit": {"2"}, "sort": {"number"}, "count": {"true"},
	}
	rows, page, err := b.list(t, "owner", "toy/items", params)
	if err != nil || len(rows) != 2 || *page.Total != 3 {
		t.Fatalf("%d of %v rows: %v", len(rows), page.Total, err)
	}
	params["cursor"] = []string{page.Next}
	if rows, _, err = b.list(t, "owner", "toy/items", params); err != nil || len(rows) != 1 || rows[0]["number"] != "B2" {
		t.Errorf("the next page holds %v: %v", rows, err)
	}
}

func TestGroupsAreNoWayAroundRights(t *testing.T) {
	b := newBench(t)
	b.shelf(t)
	for _, filter := range []string{
		`{"field":"cost","value":"1"}`,
		`{"or":[{"field":"number","value":"A1"},{"field":"cost","op":"gt","value":"1"}]}`,
		`{"or":[{"field":"number","value":"A1"},{"and":[{"field":"name","value":"x"},{"or":[{"field":"cost","op":"null","value":"true"}]}]}]}`,
		`{"and":[{"field":"cost","value":"no number"},{"field":"colour","value":"red"}]}`,
	} {
		_, _, err := b.list(t, "sales", "toy/items", map[string][]string{"filter": {filter}})
		if f := fault.As(err); f == nil || f.Kind != fault.Forbidden || !strings.HasPrefix(f.Fields[0].Path, "filter") {
			t.Errorf("%s: %v, want forbidden at its path", filter, err)
		}
	}
}

func TestEveryMistakeOfAFilterIsNamedByItsPath(t *testing.T) {
	b := newBench(t)
	for filter, want := range map[string]string{
		`{"or":[{"field":"colour","value":"red"},{"and":[{"field":"cost","op":"gt","value":"abc"},{"field":"name","op":"like","value":"a"}]}]}`: "filter.or[0] field.unknown; filter.or[1].and[0] value.type; filter.or[1].and[1] operator.unknown",
		`{"or":[{"op":"gt"},{"field":"name","value":{}},{"field":"name","value":["a"]},7]}`:                                                     "filter.or[0].field required; filter.or[0].value required; filter.or[1].value value.type; filter.or[2].value value.type; filter.or[3] value.type",
		`{"and":[]}`: "filter.and filter.empty",
		`{"and":[{"or":[{"and":[{"or":[{"field":"name","value":"a"}]}]}]}]}`: "filter.and[0].or[0].and[0].or filter.depth",
		`{"and":[{"field":"name","value":"a"}],"or":[]}`:                     "filter filter.shape",
		`{"field":"name","value":"a","colour":"red"}`:                        "filter.colour field.unknown",
		`{"field":"name","value":"\u0000"}`:                                  "filter.value value.type",
		`{"or":[`:                                                            "filter json.broken",
		`{"or":[]} {}`:                                                       "filter json.broken",
		`"name"`:                                                             "filter value.type",
		`{"or":[` + strings.Repeat(`{"field":"name","value":"a"},`, 100) + `{"field":"name","value":"a"}]}`: "filter filter.nodes",
	} {
		_, _, err := b.list(t, "owner", "toy/items", map[string][]string{"filter": {filter}})
		f := fault.As(err)
		if f == nil || f.Kind != fault.Invalid {
			t.Errorf("%.60s: %v", filter, err)
			continue
		}
		got := map[string]bool{}
		for _, x := range f.Fields {
			got[x.Path+" "+x.Reason] = true
		}
		for _, x := range strings.Split(want, "; ") {
			if !got[x] {
				t.Errorf("%.80s: %v lacks %s", filter, got, x)
			}
		}
	}
}

func TestAQuestionInABody(t *testing.T) {
	b := newBench(t)
	b.shelf(t)
	var in map[string]any
	d := json.NewDecoder(strings.NewReader(`{"filter":{"or":[{"field":"cost","value":5},{"field":"number","op":"in","value":["A1"]}]},"sort":["-number"],"fields":["number"],"limit":1,"count":true,"cursor":null}`))
	d.UseNumber()
	if err := d.Decode(&in); err != nil {
		t.Fatal(err)
	}
	q, err := record.QueryOf(in)
	if err != nil || q.Limit != 1 || !q.Count || q.Sort[0] != (record.Sort{Field: "number", Desc: true}) || q.Fields[0] != "number" {
		t.Fatalf("%+v: %v", q, err)
	}
	for name, bad := range map[string]any{"limit": "600", "colour": "x", "filter": "x", "sort": []any{map[string]any{}}, "q": []any{"a"}} {
		if _, err := record.QueryOf(map[string]any{name: bad}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s %v: %v", name, bad, err)
		}
	}
}

func (b bench) sums(t *testing.T, role, path, params string) (string, error) {
	t.Helper()
	asked, err := url.ParseQuery(params)
	if err != nil {
		t.Fatal(err)
	}
	want, err := record.ParseTotals(asked)
	if err != nil {
		return "", err
	}
	q, err := record.ParseQuery(asked)
	if err != nil {
		return "", err
	}
	var out []string
	err = b.as(t, role, func(ctx context.Context, tx *tenancy.Tx) error {
		groups, more, err := record.Sums(ctx, tx, record.Catalog(tx).Path(path), q, want)
		for _, g := range groups {
			out = append(out, string(g))
		}
		if more {
			out = append(out, "more")
		}
		return err
	}, tenancy.ReadOnly())
	return strings.Join(out, " "), err
}

func TestTotalsOfGroups(t *testing.T) {
	b := newBench(t)
	b.shelf(t)
	for params, want := range map[string]string{
		"":                              `{"count":5}`,
		"number=none&sum=cost":          `{"count":0,"sums":{"cost":"0.00"}}`,
		"by=name&sum=cost":              `{"name":"nA","count":2,"sums":{"cost":"3.00"}} {"name":"nB","count":2,"sums":{"cost":"3.00"}} {"name":"nC","count":1,"sums":{"cost":"5.00"}}`,
		"by=note,cost&number[starts]=A": `{"note":"first, of its kind","cost":"1.00","count":1} {"note":null,"cost":"2.00","count":1}`,
		`by=name&filter={"or":[{"field":"number","value":"C1"},{"field":"cost","value":"2"}]}`: `{"name":"nA","count":1} {"name":"nB","count":1} {"name":"nC","count":1}`,
		"by=name&q=nb": `{"name":"nB","count":2}`,
	} {
		got, err := b.sums(t, "owner", "toy/items", params)
		if err != nil || got != want {
			t.Errorf("%s: got %s %v, want %s", params, got, err, want)
		}
	}
	for _, params := range []string{"by=cost", "sum=cost", "cost=1", `by=name&filter={"or":[{"field":"cost","value":"1"}]}`, "by=name&sum=cost&number=A1"} {
		if got, err := b.sums(t, "sales", "toy/items", params); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s adds up what is denied: %s %v", params, got, err)
		}
	}
	for _, params := range []string{"by=colour", "sum=name", "sum=version", "by=name,name", "sum=cost,cost", "by=a,b,c,d", "sort=name", "cursor=x", "fields=name", "count=true", "expand=x"} {
		if got, err := b.sums(t, "owner", "toy/items", params); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %s %v, want invalid", params, got, err)
		}
	}
}
