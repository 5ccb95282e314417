package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"testing"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// wide is an entity of thirty fields in six classes, as the figures in the design suppose.
func wide(e *Engine) *entity.Def {
	var own []*entity.Field
	for i := range 24 {
		class := []string{"basic", "price", "cost", "payment", "margin", "contract"}[i%6]
		own = append(own, &entity.Field{Name: fmt.Sprintf("f%d", i), Label: entity.T("字段", "Field"), Class: class, Kind: entity.KindText})
	}
	return e.catalog.Entity("sales.order").With(own...)
}

func BenchmarkForCached(b *testing.B) {
	e := newEngine(b, shippedGrants)
	def := wide(e)
	for name, roles := range map[string][]string{"one role": {"viewer"}, "three roles": {"viewer", "buyer", "finance"}, "own rows": {"sales"}} {
		b.Run(name, func(b *testing.B) {
			tx := in(1, 1, roles...)
			e.load = (&shelf{}).load
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.For(context.Background(), tx, def); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkForUncached(b *testing.B) {
	e := newEngine(b, shippedGrants)
	def := wide(e)
	for name, roles := range map[string][]string{"one role": {"viewer"}, "three roles": {"viewer", "buyer", "finance"}, "own rows": {"sales"}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.shipped.mask(context.Background(), e.limit, def, roles, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkGate(b *testing.B) {
	e := newEngine(b, shippedGrants)
	e.load = (&shelf{}).load
	def := e.catalog.Entity("sales.order")
	values := map[string]any{"total_amount": "100000.01", "lines": []any{map[string]any{"quantity": "3"}, map[string]any{"quantity": "5"}}}
	for _, action := range []string{"confirm", "cancel"} {
		b.Run(action, func(b *testing.B) {
			tx := in(1, 1, "sales")
			tx.DryRun = true // no decision is sampled
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Gate(context.Background(), tx, def, action, values); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompileVersion(b *testing.B) {
	e := newEngine(b, shippedGrants)
	for name, own := range map[string]string{"grid": "", "grid and Rego": "package tenant\ndeny contains {\"id\": \"x\"} if \"ghost\" in input.roles"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := newRuleset(context.Background(), e.library, 1, e.shipped.grants, e.shipped.rules, ShippedRoles(), own); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStart compiles the shipped library, as every start does.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		if _, err := newLibrary(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkThousandTenantsWithRego asks for 1,000 tenants with Rego of their own in turn, so that each has been put out of the cache when its turn
// comes again; heap-MB is what all that is kept then takes.
func BenchmarkThousandTenantsWithRego(b *testing.B) {
	e := newEngine(b, shippedGrants)
	s := &shelf{versions: map[id.ID]*Version{}}
	e.load, e.named = s.load, s.name
	def := e.catalog.Entity("sales.order")
	txs := make([]*tenancy.Tx, 1000)
	for i := range txs {
		tx := as("sales")
		key := id.ID{0: byte(i), 1: byte(i >> 8), 2: 9}
		tx.Unit = &tenancy.Unit{Tenant: &tenancy.Tenant{ID: key, Generation: 1}}
		txs[i] = tx
		rego := fmt.Sprintf("package tenant\n\ndeny contains {\"id\": \"x%d\", \"rights\": [\"view\"], \"tokens\": [\"cost\"]} if {\n\t\"ghost%d\" in input.roles\n}\n", i, i)
		g, rules, err := e.prepare(context.Background(), Draft{Grants: e.shipped.draft().Grants, Rules: e.shipped.rules, Rego: rego})
		if err != nil {
			b.Fatal(err)
		}
		v := &Version{ID: key, Number: 1, Rego: rego}
		if v.GridJSON, err = json.Marshal(g); err != nil {
			b.Fatal(err)
		}
		if v.RulesJSON, err = json.Marshal(rules); err != nil {
			b.Fatal(err)
		}
		s.versions[key] = v
	}
	turn := 0
	for b.Loop() {
		tx := txs[turn%len(txs)]
		if turn++; turn%len(txs) == 0 {
			e.masks.Purge()
		}
		e.current.Purge()
		if _, err := e.For(context.Background(), tx, def); err != nil {
			b.Fatal(err)
		}
	}
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	b.ReportMetric(float64(mem.HeapAlloc)/(1<<20), "heap-MB")
	b.ReportMetric(float64(e.own.Len()), "compiled")
}
