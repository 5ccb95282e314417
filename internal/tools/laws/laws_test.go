package laws_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenon-hq/tenon/internal/tools/laws"
)

// Each law must find the breaches that are written here, and only them: a source line that ends in "// breach" is one.

const module = "example.com/house"

func rooms() laws.Rooms {
	return laws.Rooms{
		Connectors: []string{"mail"},
		May: map[string][]string{
			"internal": nil, "entity": nil, "tenancy": {"entity"}, "tenancy/tenancytest": {"tenancy"}, "modules": {"entity", "tenancy"},
			"modules/x": {"modules", "tenancy", "engine/record", "event"}, "connector": {"modules", "engine/record", "engine/relay", "event"},
			"event": nil, "modules/all": {"modules", "modules/x", "connector"}, "engine/record": {"modules"}, "engine/relay": {"engine/record"},
			"engine/x": {"modules", "engine/record"}, "cmd": {"modules/x", "modules/all", "engine/x"}, "internal/tools": nil,
		},
		Tests: map[string][]string{"": {"tenancy/tenancytest"}, "modules/x": {"cmd"}},
	}
}

func house(t *testing.T, source map[string]string) *laws.House {
	t.Helper()
	h, err := laws.Parse(module, source)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestRoom(t *testing.T) {
	for path, want := range map[string]string{
		".": ".", "internal/money": "internal", "internal/tools/laws": "internal/tools", "tenancy": "tenancy", "tenancy/pgserver": "tenancy",
		"tenancy/tenancytest": "tenancy/tenancytest", "tenancy/tenancytest/withpg": "tenancy/tenancytest", "modules": "modules",
		"modules/all": "modules/all", "modules/sales": "modules/x", "modules/sales/salesevent": "event", "modules/sales/price": "modules/x",
		"modules/mail": "connector", "modules/mail/mailevent": "event", "modules/sales/crmevent": "modules/x", "engine/record": "engine/record",
		"engine/flow/step": "engine/x", "cmd/tenon": "cmd", "engine": "engine",
	} {
		if room, _ := rooms().Room(path); room != want {
			t.Errorf("%s is in %s, want %s", path, room, want)
		}
	}
}

func TestImports(t *testing.T) {
	for _, c := range []struct {
		file, imports string
		refused       bool
	}{
		{"entity/a.go", "internal/money", false},
		{"entity/a.go", "tenancy", true},
		{"entity/a.go", "internal/tools/laws", true},
		{"tenancy/a.go", "entity", false},
		{"tenancy/a.go", "tenancy/pgserver", false},
		{"tenancy/a.go", "tenancy/tenancytest", true},
		{"tenancy/a_test.go", "tenancy/tenancytest", false},
		{"modules/sales/a.go", "modules/sales/price", false},
		{"modules/sales/a.go", "modules/crm/crmevent", false},
		{"modules/sales/a.go", "modules/crm", true},
		{"modules/sales/a.go", "modules/all", true},
		{"modules/sales/a.go", "engine/relay", true},
		{"modules/sales/a_test.go", "cmd/app", false},
		{"modules/sales/a_test.go", "engine/flow", true},
		{"modules/sales/salesevent/a.go", "internal/id", false},
		{"modules/sales/salesevent/a.go", "entity", true},
		{"modules/mail/a.go", "engine/relay", false},
		{"engine/flow/a.go", "engine/record", false},
		{"engine/flow/a.go", "engine/flow/step", false},
		{"engine/flow/a.go", "engine/form", true},
		{"engine/flow/a.go", "modules/sales", true},
		{"engine/flow/a.go", "modules/sales/salesevent", true},
		{"engine/record/a.go", "engine/flow", true},
		{"engine/record/a_test.go", "modules/sales", true},
		{"cmd/tenon/a.go", "modules/sales", false},
		{"cmd/tenon/a.go", "cmd/app", false},
		{"helpers/a.go", "entity", true}, // no such room
	} {
		h := house(t, map[string]string{c.file: "package p\nimport _ \"" + module + "/" + c.imports + "\""})
		if got := h.Imports(rooms()); (len(got) > 0) != c.refused {
			t.Errorf("%s imports %s: refused should be %v, found %q", c.file, c.imports, c.refused, got)
		}
	}
}

func TestLibraries(t *testing.T) {
	h := house(t, map[string]string{
		"modules/sales/a.go":            "package sales\nimport _ \"encoding/json\"\nimport _ \"example.org/opa/v1/rego\"\nimport _ \"fmt\"",
		"modules/sales/salesevent/a.go": "package salesevent\nimport _ \"encoding/json\"",
		"policy/a.go":                   "package policy\nimport _ \"example.org/opa/v1/rego\"",
	})
	if got := h.Silent(rooms(), "modules/x", []string{"encoding/json", "example.org/opa/"}); len(got) != 2 {
		t.Errorf("Silent found %q, want two", got)
	}
	if got := h.Homes(rooms(), map[string][]string{"example.org/opa/": {"policy"}}); len(got) != 1 || !strings.HasPrefix(got[0], "modules/sales imports") {
		t.Errorf("Homes found %q, want that of modules/sales", got)
	}
}

// check compares what a law finds with the lines that are marked.
func check(t *testing.T, source map[string]string, law func(*laws.House) []string) {
	t.Helper()
	var want, got []string
	for name, text := range source {
		n := 0
		for line := range strings.Lines(text) {
			if n++; strings.Contains(line, "// breach") {
				want = append(want, fmt.Sprintf("%s:%d", name, n))
			}
		}
	}
	for _, found := range law(house(t, source)) {
		part := strings.SplitN(found, ":", 3)
		got = append(got, part[0]+":"+part[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	got = slices.Compact(got)
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("the law finds other lines than those marked (-want +got):\n%s", diff)
	}
}

func TestState(t *testing.T) {
	check(t, map[string]string{
		"entity/a.go": `package entity

import (
	"embed"
	"errors"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"

	"example.com/house/internal/fault"
	"example.org/prometheus"
)

//go:embed x.sql
var files embed.FS

//go:embed y.sql
var text string

var (
	ErrNot            = errors.New("not")
	name              = regexp.MustCompile("a")
	_      Describer  = (*Thing)(nil)
	kinds             = map[string]int{"a": 1}
	list              = []string{"a"}
	first             = sync.OnceValue(compute)
	label             = T("a", "b")
	newline           = newlineOf("a")
	shown             = fault.New("shown")
	version           = "dev"
)

var mu sync.Mutex                             // breach
var cache sync.Map                            // breach
var seen = map[string]bool{}                  // breach
var queue = make(chan int)                    // breach
var counter atomic.Int64                      // breach
var typed = atomic.Int64{}                    // breach
var current *Thing                            // breach
var thing = &Thing{}                          // breach
var many []string                             // breach
var none error = nil                          // breach
var metric = prometheus.NewCounter("a")       // breach
var made = newThing()                         // breach
var pair, other = newPair()                   // breach
var table = map[string]int{"a": 1}            // breach
var sorted = []string{"b", "a"}               // breach
var swapped = func() int { return 1 }         // breach
var counted = 1                               // breach
var pointed = Thing{}                         // breach
var shared = fault.New("shared")              // breach
var fromOutside = []string{"a"}               // breach
var ranged = 0                                // breach
var fine = []string{"a"}

func f(fine []string) {
	table["b"] = 2
	slices.Sort(sorted)
	counted++
	g(&pointed.X)
	_ = shared.Because(nil)
	fine[0] = "b"
	for ranged = range 3 {}
	kinds := map[string]int{}
	kinds["a"] = 2
	delete(kinds, "a")
	_ = slices.Sorted(list)
}
`,
		"entity/b.go": `package entity

import "slices"

func g(list []string) { list[0] = "a"; slices.Sort(list) }
`,
		"entity/a_test.go": `package entity

func TestA() { swapped = nil }
`,
		"engine/record/a.go": `package record

import "example.com/house/entity"

func f() { entity.fromOutside[0] = "b" }
`,
	}, (*laws.House).State)
}

func TestInits(t *testing.T) {
	check(t, map[string]string{"entity/a.go": `package entity

func init() {} // breach

type T struct{}

func (T) init() {}
`}, (*laws.House).Inits)
}

func TestSkips(t *testing.T) {
	check(t, map[string]string{
		"entity/a_test.go": `package entity

import ("testing"; "pgregory.net/rapid")

func TestA(t *testing.T) {
	t.Skip("no") // breach
	t.Run("b", func(inner *testing.T) {
		inner.SkipNow() // breach
	})
	rapid.Check(t, func(t *rapid.T) {
		t.Skip("a case")
	})
	s := scanner{}
	s.Skip()
}

func BenchmarkA(bench *testing.B) {
	bench.Skipf("x") // breach
}
`,
		"tenancy/tenancytest/a.go": `package tenancytest

import "testing"

type fixture struct{ t *testing.T }

func New(tb testing.TB) {
	tb.Skip("no database") // breach
}

func (f *fixture) need() { f.t.Skip("no") // breach
}
`,
	}, (*laws.House).Skips)
}

func TestWrites(t *testing.T) {
	check(t, map[string]string{
		"modules/sales/a.go": "package sales\n" + `
func f() {
	tx.NewSelect().For("update")
	tx.NewInsert().Model(x) // breach
	tx.NewUpdate() // breach
	tx.Exec("update sales_order set a = 1") // breach
	tx.Exec("UPDATE sales_order AS o SET a = 1") // breach
	tx.Exec("delete from sales_order where a = 1") // breach
	tx.Exec("with x as (select 1) insert into y select 1") // breach
	tx.Query("select a from b for update of b")
	_ = "Update the set of rows"
	tx.Exec("delete from " + table) // breach
	tx.Exec("insert into stock (a) values (1)") // breach
	_ = "Delete from the cart"
	_ = "Insert into the cart"
	_ = T("删除", "Delete")
}
`,
		"modules/sales/a_test.go": "package sales\n\nfunc g() { tx.NewInsert() }\n",
		"engine/record/a.go":      "package record\n\nfunc g() { tx.NewInsert() }\n",
	}, func(h *laws.House) []string { return h.Writes(rooms(), "modules/x") })
}

func TestNaming(t *testing.T) {
	check(t, map[string]string{
		"engine/flow/a.go": `package flow

var a = "sales.order" // breach
var b = "sales.order.confirmed" // breach
var c = "sales order. Then"
var d = "fields.invalid"
var e = "sales.Order is it"
`,
		"modules/sales/a.go":    "package sales\n\nvar a = \"sales.order\"\n",
		"engine/flow/a_test.go": "package flow\n\nvar t = \"sales.order\"\n",
	}, func(h *laws.House) []string { return h.Naming(rooms(), []string{"sales"}, "engine/x") })
}

func TestTags(t *testing.T) {
	check(t, map[string]string{
		"modules/sales/a.go":            "package sales\n\ntype A struct {\n\tX int `bun:\"x\"`\n\tY int `json:\"y\"` // breach\n}\n",
		"modules/sales/salesevent/a.go": "package salesevent\n\ntype A struct {\n\tY int `json:\"y\"`\n}\n",
	}, func(h *laws.House) []string { return h.Tags(rooms(), "modules/x") })
}

func TestPackages(t *testing.T) {
	h := house(t, map[string]string{
		"entity/a.go":        "// Package entity is one.\npackage entity",
		"entity/b.go":        "package entity",
		"entity/a_test.go":   "// Package entity is tested.\npackage entity",
		"keys/a.go":          "package keys",
		"policy/a.go":        "// Package policy is one.\npackage policy",
		"policy/util.go":     "// Package policy is two.\npackage policy",
		"bench/a_test.go":    "package bench",
		"modules/all/all.go": "// Package all lists.\npackage all\nimport _ \"" + module + "/modules/sales\"",
	})
	if got := strings.Join(h.PackageComments(), "\n"); got != "keys: 0 package comments \npolicy: 2 package comments policy/a.go policy/util.go" {
		t.Errorf("PackageComments found %s", got)
	}
	if got := strings.Join(h.Names([]string{"util"}), "\n"); got != "policy/util.go: util" {
		t.Errorf("Names found %s", got)
	}
	if got := strings.Join(h.Unlisted([]string{"all", "crm", "sales"}), " "); got != "modules/crm" {
		t.Errorf("Unlisted found %s", got)
	}
}

func TestSources(t *testing.T) {
	long := []laws.Source{
		{Name: "a.go", Lines: 400}, {Name: "b.go", Lines: 401}, {Name: "b_test.go", Test: true, Lines: 600}, {Name: "c_test.go", Test: true, Lines: 601},
	}
	if got := strings.Join(laws.TooLong(long, 400, 600), "\n"); got != "b.go: 401 lines, at most 400\nc_test.go: 601 lines, at most 600" {
		t.Errorf("TooLong found %s", got)
	}
	web := []laws.Source{
		{Name: "a.test.ts", Test: true, Text: []byte("it.skip('x')\nsplit.skip()")}, {Name: "a.ts", Text: []byte("it.skip('x')")},
	}
	if got := strings.Join(laws.WebSkips(web), "\n"); got != "a.test.ts: it.skip" {
		t.Errorf("WebSkips found %s", got)
	}
	root := t.TempDir()
	write(t, root, "a.go", "package a\n\n")
	write(t, root, "gen.go", "// Code generated by x. DO NOT EDIT.\npackage a\n")
	write(t, root, "web/node_modules/x/x.go", "package x\n")
	write(t, root, "web/src/a.test.tsx", "x\n")
	files, err := laws.Sources(root)
	if err != nil || len(files) != 2 || files[0].Name != "a.go" || files[0].Lines != 2 || !files[1].Test {
		t.Errorf("Sources found %v, %v", files, err)
	}
}

// TestLoad reads a house from a folder with a file that is not Go in it: the rest is read all the same.
func TestLoad(t *testing.T) {
	root := t.TempDir()
	write(t, root, "go.mod", "module "+module+"\n\ngo 1.26\n")
	write(t, root, "entity/a.go", "package entity\n\nimport _ \""+module+"/tenancy\"\n\nfunc init() {}\n")
	write(t, root, "entity/broken.go", "package entity\n\nfunc {\n")
	write(t, root, "tenancy/a.go", "package tenancy\n")
	h, err := laws.Load(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Broken) != 1 || len(h.Imports(rooms())) != 1 {
		t.Errorf("broken %q, imports %q: want one each", h.Broken, h.Imports(rooms()))
	}
	if got := strings.Join(h.Inits(), "\n"); got != "entity/a.go:5: func init" {
		t.Errorf("Inits found %q", got)
	}
}
