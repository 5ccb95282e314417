package tenancy_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// TestWayBack goes back where there is a way, and changes nothing where one step has none; an older program works then.
func TestWayBack(t *testing.T) {
	url := tenancytest.Database(t)
	line := tenancy.Line{Name: "stock", Files: files(map[string]string{
		"0001_stock.sql": stock1, "0002_stock.sql": "alter table stock add column quantity int not null default 0", "0002_stock.down.sql": "alter table stock drop column quantity",
		"0003_stock.sql": stock3, "0003_stock.down.sql": "alter table stock drop constraint stock_product_key",
	})}
	db := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: []tenancy.Line{line}})
	one, two := tenancytest.Tenant(t, db, "stock"), tenancytest.Tenant(t, db)
	if err := db.Back(t.Context(), map[string]int{"stock": 0}, nil); err == nil || !strings.Contains(err.Error(), "no way back from stock/0001_stock.sql") {
		t.Errorf("a step without a way back: %v", err)
	}
	if err := db.Back(t.Context(), map[string]int{"stok": 1}, nil); err == nil {
		t.Error("a line that does not exist")
	}
	n := 0
	if err := db.Back(t.Context(), map[string]int{"stock": 1}, func(_, total int, _ string, _ error) { n++ }); err != nil || n != 2 {
		t.Fatalf("%d: %v", n, err)
	}
	older := tenancytest.Fresh(t, tenancy.Config{URL: url, Lines: []tenancy.Line{stock(stock1)}})
	tenancytest.Do(t, older, reload(t, older, one), func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.NewRaw("insert into stock (id) values (?), (?)", tx.NewID(), tx.NewID()).Exec(ctx)
		return err
	})
	if list, err := older.Modules(t.Context(), two.ID); err != nil || list[0].Version != 0 {
		t.Errorf("a tenant without the module: %+v, %v", list, err)
	}
	if _, err := tenancy.Open(t.Context(), tenancy.Config{URL: url, Lines: []tenancy.Line{{Name: "stock", Files: files(map[string]string{
		"0001_stock.sql": stock1, "0002_stock.down.sql": "select 1",
	})}}}); err == nil || !strings.Contains(err.Error(), "0002_stock.sql, which does not exist") {
		t.Errorf("a way back from nothing: %v", err)
	}
}
