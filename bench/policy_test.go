package bench

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5"
)

// BenchmarkImpact tells who gains or loses what by a draft, on 100,000 customers and 200 people, half of whom see their own customers only, and what of 100,000
// decisions of the log it would have decided otherwise. The figure is 10 s for each.
func BenchmarkImpact(b *testing.B) {
	h := open(b)
	h.make(b, "/crm/customers", m{"name": "Customer"})
	crowd(b, h, 200, 100_000)
	now := h.get(b, "/roles")
	grants, _ := now["grants"].(m)
	sales, _ := grants["sales"].(m)
	sales["crm.customer"] = m{"view": []string{"basic"}, "rows": "own"}
	buyer, _ := grants["buyer"].(m)
	buyer["crm.customer"] = m{"view": []string{"basic"}}
	draft := h.make(b, "/policy/versions", m{"title": "Own customers", "grants": m{"sales": sales, "buyer": buyer, "finance": grants["finance"]}})
	for _, kind := range []string{"impact", "replay"} {
		b.Run(kind, func(b *testing.B) {
			own, server := h.cpu.taken()
			for b.Loop() {
				h.post(b, "/policy/versions/"+draft+"/"+kind+"?wait=true", nil, http.StatusOK)
			}
			own2, server2 := h.cpu.taken()
			b.ReportMetric((own2-own+server2-server).Seconds()/float64(b.N), "cpu-s/op")
		})
	}
}

// crowd gives the only company people and customers, by the database itself: what is measured comes later.
func crowd(b *testing.B, h *house, people, customers int) {
	b.Helper()
	list, err := h.app.DB.List(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	conn, err := pgx.Connect(b.Context(), h.app.Config.DatabaseURL)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	for _, sql := range []string{
		"SET session_replication_role = replica",
		"SET search_path = " + list[0].Schema,
		fmt.Sprintf(`INSERT INTO app_user SELECT (jsonb_populate_record(u, jsonb_build_object('id', gen_random_uuid(), 'email', 'p' || i || '@bench.test', 'name', 'P' || i,
			'roles', CASE i %% 4 WHEN 0 THEN '["sales","buyer"]'::jsonb WHEN 1 THEN '["sales"]' WHEN 2 THEN '["finance"]' ELSE '["warehouse"]' END))).* FROM app_user u, generate_series(1, %d) i`, people-1),
		fmt.Sprintf(`INSERT INTO crm_customer SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'number', 'B' || i, 'name', 'Customer ' || i,
			'owner_id', (SELECT array_agg(id) FROM app_user)[1 + i %% %d]))).* FROM crm_customer c, generate_series(1, %d) i`, people, customers-1),
		fmt.Sprintf(`INSERT INTO policy_decision SELECT gen_random_uuid(), now() - i * interval '20 seconds', u.id, ARRAY(SELECT jsonb_array_elements_text(to_jsonb(u.roles))), 'crm.customer',
			(ARRAY['see', 'view:name', 'view:territory', 'edit:name', 'create', 'export'])[1 + i %% 6], c.id, 0, true, 'grants.sales', '', 16
			FROM generate_series(1, %[1]d) i JOIN (SELECT id, roles, row_number() OVER () n FROM app_user) u ON u.n = 1 + i %% %[2]d
			JOIN (SELECT id, row_number() OVER () n FROM crm_customer) c ON c.n = 1 + i %% %[1]d`, customers, people),
		"ANALYZE",
	} {
		if _, err := conn.Exec(b.Context(), sql); err != nil {
			b.Fatalf("%s: %v", sql, err)
		}
	}
}

// BenchmarkProver walks every address as one role, twice.
func BenchmarkProver(b *testing.B) {
	h := open(b)
	h.make(b, "/crm/customers", m{"name": "Customer"})
	h.make(b, "/inventory/products", m{"number": "P", "name": "Pump", "type": "stock", "unit": "pcs", "supply": "buy", "standard_cost": "5", "list_price": "9"})
	draft := h.make(b, "/policy/versions", m{"title": "Nothing new"})
	own, server := h.cpu.taken()
	for b.Loop() {
		h.post(b, "/policy/versions/"+draft+"/prove?wait=true", m{"roles": []string{"sales"}}, http.StatusOK)
	}
	own2, server2 := h.cpu.taken()
	b.ReportMetric((own2-own+server2-server).Seconds()/float64(b.N), "cpu-s/op")
}
