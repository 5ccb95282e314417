package policy

import (
	"context"
	"fmt"
	"testing"

	"github.com/tenon-hq/tenon/entity"
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
