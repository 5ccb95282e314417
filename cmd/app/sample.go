package app

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/httpapi"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// samples makes and removes the records that a new company can try things out with. All of them can be deleted: nothing is posted.
type samples struct{ app *App }

// sampleRow is one record. A value "$x" is the id of the row that is called x; texts in both languages are written in the company's.
type sampleRow struct {
	name, entity string
	body         map[string]any
}

func sampleRows() []sampleRow {
	type b = map[string]any
	t := entity.T
	line := func(product, quantity, price string) b {
		return b{"product_id": product, "quantity": quantity, "unit_price": price}
	}
	return []sampleRow{
		{"desk", "inventory.product", b{
			"number": "DEMO-DESK", "name": t("示例：升降桌", "Sample: standing desk"), "type": "stock",
			"unit": "pcs", "supply": "make", "list_price": "2400", "standard_cost": "1500",
		}},
		{"frame", "inventory.product", b{"number": "DEMO-FRAME", "name": t("示例：桌架", "Sample: frame"), "type": "stock", "unit": "pcs", "supply": "buy", "standard_cost": "900"}},
		{"top", "inventory.product", b{"number": "DEMO-TOP", "name": t("示例：桌面", "Sample: table top"), "type": "stock", "unit": "pcs", "supply": "buy", "standard_cost": "350"}},
		{"chair", "inventory.product", b{
			"number": "DEMO-CHAIR", "name": t("示例：办公椅", "Sample: office chair"), "type": "stock",
			"unit": "pcs", "supply": "buy", "list_price": "880", "standard_cost": "520",
		}},
		{"fitting", "inventory.product", b{"number": "DEMO-FIT", "name": t("示例：安装服务", "Sample: fitting"), "type": "service", "unit": "h", "list_price": "120"}},
		{"north", "crm.customer", b{"name": t("示例：北山设计", "Sample: Northhill Design"), "credit_limit": "50000"}},
		{"river", "crm.customer", b{"name": t("示例：清河物流", "Sample: Clear River Logistics"), "credit_limit": "80000"}},
		{"bay", "crm.customer", b{"name": t("示例：海湾学校", "Sample: Bay School")}},
		{"", "crm.opportunity", b{"name": t("示例：新办公室家具", "Sample: furniture for the new office"), "customer_id": "$north", "lines": []any{line("$desk", "12", "2400"), line("$chair", "12", "860")}}},
		{"", "crm.opportunity", b{"name": t("示例：更换座椅", "Sample: new chairs"), "customer_id": "$river", "lines": []any{line("$chair", "30", "820")}}},
		{"wood", "purchasing.vendor", b{"name": t("示例：森木板材", "Sample: Forest Boards")}},
		{"steel", "purchasing.vendor", b{"name": t("示例：恒钢构件", "Sample: Steady Steel")}},
		{"", "purchasing.vendor_price", b{"product_id": "$top", "vendor_id": "$wood", "price": "340", "lead_time_days": json.Number("5")}},
		{"", "purchasing.vendor_price", b{"product_id": "$frame", "vendor_id": "$steel", "price": "880", "lead_time_days": json.Number("8")}},
		{"", "purchasing.vendor_price", b{"product_id": "$chair", "vendor_id": "$steel", "price": "500", "lead_time_days": json.Number("10")}},
		{"", "production.bill_of_materials", b{"product_id": "$desk", "lines": []any{b{"component_id": "$frame", "quantity": "1"}, b{"component_id": "$top", "quantity": "1"}}}},
	}
}

// Left counts the sample records that are noted.
func (s samples) Left(ctx context.Context, tx *tenancy.Tx) (n int, err error) {
	err = tx.NewRaw("SELECT count(*) FROM sample_record").Scan(ctx, &n)
	return n, err
}

// Load makes the sample records of the modules that are on.
func (s samples) Load(ctx context.Context, tx *tenancy.Tx) (int, error) {
	if n, err := s.Left(ctx, tx); err != nil || n > 0 {
		return 0, err
	}
	known := map[string]string{}
	made := 0
	for i, row := range sampleRows() {
		if owner := s.app.Engine.Owner(row.entity); owner != "" && !tx.Tenant.On(owner) {
			continue
		}
		body, _ := spoken(row.body, tx.Tenant.Locale, known).(map[string]any)
		keys, err := record.Add(ctx, tx, record.Catalog(tx).Entity(row.entity), []map[string]any{body}, func(int) string { return "" })
		if err != nil {
			return made, err
		}
		if row.name != "" {
			known["$"+row.name] = keys[0].String()
		}
		if _, err := tx.NewRaw("INSERT INTO sample_record (id, entity, n) VALUES (?, ?, ?)", keys[0], row.entity, i).Exec(ctx); err != nil {
			return made, err
		}
		made++
	}
	return made, nil
}

// spoken writes texts in a language and names as ids.
func spoken(x any, lang i18n.Lang, known map[string]string) any {
	switch v := x.(type) {
	case entity.Text:
		return v.In(lang)
	case string:
		if strings.HasPrefix(v, "$") {
			return known[v]
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, y := range v {
			out[k] = spoken(y, lang, known)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, y := range v {
			out[i] = spoken(y, lang, known)
		}
		return out
	}
	return x
}

// Remove deletes what was loaded, last first; what people changed or use stays, and is theirs from then on.
func (s samples) Remove(ctx context.Context, tx *tenancy.Tx) (httpapi.SampleRemoval, error) {
	out := httpapi.SampleRemoval{Kept: []httpapi.SampleKept{}}
	var rows []struct {
		ID     id.ID
		Entity string
	}
	if err := tx.NewRaw("SELECT id, entity FROM sample_record ORDER BY n DESC").Scan(ctx, &rows); err != nil {
		return out, err
	}
	for _, row := range rows {
		def := record.Catalog(tx).Entity(row.Entity)
		if def == nil {
			continue
		}
		err := record.Attempt(ctx, tx, func(ctx context.Context, tx *tenancy.Tx) error {
			return record.Remove(ctx, tx, def, row.ID, 1)
		})
		f := fault.As(err)
		switch {
		case err == nil:
			out.Removed++
		case f == nil || f.Kind == fault.Internal || f.Kind == fault.Unavailable:
			return out, err
		case f.Kind != fault.NotFound:
			out.Kept = append(out.Kept, httpapi.SampleKept{Path: def.Path() + "/" + row.ID.String(), Reason: f.Reason, Detail: f.Text.In(tx.Actor.Locale)})
		}
	}
	_, err := tx.NewRaw("DELETE FROM sample_record").Exec(ctx)
	return out, err
}
