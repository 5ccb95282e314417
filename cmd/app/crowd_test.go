package app_test

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/shopspring/decimal"
)

// crowd lets n clients do something at the same moment. Who is told that the system is busy, which a slow machine may say to fifty, asks again.
func crowd(n int, do func(i int) answer) []answer {
	out, start := make([]answer, n), make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			for out[i] = do(i); slices.Contains([]string{"database.busy", "record.busy"}, str(out[i].body, "reason")); {
				out[i] = do(i)
			}
		})
	}
	close(start)
	wg.Wait()
	return out
}

// tally counts statuses; what is neither done nor a rule's plain refusal is an error: no deadlock and no lost connection reaches a person.
func tally(t *testing.T, list []answer) map[int]int {
	t.Helper()
	out := map[int]int{}
	for _, a := range list {
		out[a.status]++
		if a.status >= http.StatusInternalServerError || a.status == http.StatusConflict {
			t.Errorf("%d: %s", a.status, a.raw)
		}
	}
	return out
}

// shelf is what clients do to one balance and see of it.
type shelf struct {
	take, put int64 // so many pieces; both zero: look how many there are
}

// shelfModel says how a balance behaves for one client after another: what is taken was there, and what is seen is what is left.
func shelfModel(first int64) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return first },
		Step: func(state, input, output any) (bool, any) {
			there, in, out := state.(int64), input.(shelf), output.(int64)
			switch {
			case in.put > 0:
				return out == 1, there + in.put
			case in.take == 0:
				return out == there, there
			case out == 1:
				return there >= in.take, there - in.take
			}
			return there < in.take, there // refused, so there was not enough
		},
	}
}

// Fifty clients take, put back and look at the same few pieces: whatever they saw, it could have happened one after the other.
func TestCrowdOverOneBalance(t *testing.T) {
	c := newCompany(t, newWorld(t), "Shelf")
	c.stock(c.steel, "12", "9")
	stock := c.store.one("inventory/locations", "type=internal")
	spare := c.owner.create("inventory/locations", m{"code": "SPARE", "name": "Spare", "type": "internal", "warehouse_id": stock["warehouse_id"]})
	move := func(from, to m, n string) string {
		return str(c.store.create("inventory/transfers", m{"from_location_id": from["id"], "to_location_id": to["id"], "lines": []m{{"product_id": c.steel["id"], "quantity": n}}}), "id")
	}
	c.store.act("inventory/transfers", move(stock, spare, "2"), "confirm", nil)
	const clients = 50
	inputs, docs := make([]shelf, clients), make([]string, clients)
	for i := range clients {
		switch {
		case i%5 == 4:
		case i%5 == 3 && i < 10: // what was put aside comes back
			inputs[i], docs[i] = shelf{put: 1}, move(spare, stock, "1")
		default:
			inputs[i], docs[i] = shelf{take: 1}, move(stock, spare, "1")
		}
	}
	balance := "/inventory/stock_balances?product_id=" + str(c.steel, "id") + "&location_id=" + str(stock, "id")
	history, slots := make([]porcupine.Operation, clients), make(chan struct{}, 8) // what overlaps is few enough to search through
	began := time.Now()
	answers := crowd(clients, func(i int) answer {
		slots <- struct{}{}
		defer func() { <-slots }()
		op := porcupine.Operation{ClientId: i, Input: inputs[i], Call: time.Since(began).Nanoseconds(), Output: int64(0)}
		var a answer
		if docs[i] == "" {
			a = c.store.get(balance)
			rows, _ := a.body["data"].([]any)
			row, _ := rows[0].(m)
			op.Output = num(c.store.t, row, "on_hand").IntPart()
		} else if a = c.store.post("/inventory/transfers/"+docs[i]+"/confirm", nil); a.status == http.StatusOK {
			op.Output = int64(1)
		}
		op.Return = time.Since(began).Nanoseconds()
		history[i] = op
		return a
	})
	t.Log(tally(t, answers))
	if !porcupine.CheckOperations(shelfModel(10), history) {
		t.Errorf("no order of these acts explains what the clients saw: %v", history)
	}
	// A control: the last piece was given twice.
	twice := []porcupine.Operation{
		{ClientId: 1, Input: shelf{take: 1}, Call: 1, Output: int64(1), Return: 4}, {ClientId: 2, Input: shelf{take: 1}, Call: 2, Output: int64(1), Return: 3},
	}
	if porcupine.CheckOperations(shelfModel(1), twice) || !porcupine.CheckOperations(shelfModel(2), twice) {
		t.Error("the check proves nothing")
	}
}

// Fifty orders want the last piece: one gets it, the others wait and say so.
func TestCrowdOverTheLastUnit(t *testing.T) {
	c := newCompany(t, newWorld(t), "Last")
	c.stock(c.motor, "1", "470")
	orders := make([]string, 50)
	for i := range orders {
		orders[i] = str(c.sales.create("sales/orders", m{"customer_id": c.customer["id"], "lines": []m{line(c.motor, "1", "600")}}), "id")
	}
	if got := tally(t, crowd(len(orders), func(i int) answer { return c.sales.post("/sales/orders/"+orders[i]+"/confirm", nil) })); got[http.StatusOK] != len(orders) {
		t.Errorf("confirmed: %v", got)
	}
	if rows := c.store.list("inventory/reservations", "source=stock&status=open"); len(rows) != 1 {
		t.Errorf("%d orders hold the last piece", len(rows))
	}
	deliveries := c.store.list("inventory/deliveries", "")
	got := tally(t, crowd(len(deliveries), func(i int) answer { return c.store.doing("inventory/deliveries", deliveries[i], "ship", nil) }))
	if got[http.StatusOK] != 1 {
		t.Errorf("shipped: %v", got)
	}
	onHand, reserved, _ := c.balance(t, c.motor)
	if !onHand.IsZero() || !reserved.IsZero() {
		t.Errorf("%s on hand, %s reserved", onHand, reserved)
	}
	numbers := map[string]bool{}
	for _, d := range c.sales.list("sales/orders", "") {
		numbers[str(d, "no")] = true
	}
	if len(numbers) != len(orders) {
		t.Errorf("%d orders have %d numbers", len(orders), len(numbers))
	}
}

// Fifty clients move the one piece with a serial number: one does.
func TestCrowdOverOneSerial(t *testing.T) {
	c := newCompany(t, newWorld(t), "Serial")
	pump := c.owner.create("inventory/products", m{"number": "SN", "name": "Pump", "type": "stock", "unit": "pcs", "supply": "buy", "tracking": "serial"})
	stock := c.store.one("inventory/locations", "type=internal")
	lot := c.owner.create("inventory/lots", m{"product_id": pump["id"], "number": "SN-1"})
	count := c.owner.create("inventory/stock_counts", m{"location_id": stock["id"], "lines": []m{
		{"product_id": pump["id"], "lot_id": lot["id"], "counted_quantity": "1", "unit_cost": "100"},
	}})
	c.owner.act("inventory/stock_counts", str(count, "id"), "post", nil)
	spare := c.owner.create("inventory/locations", m{"code": "SPARE", "name": "Spare", "type": "internal", "warehouse_id": stock["warehouse_id"]})
	docs := make([]string, 50)
	for i := range docs {
		docs[i] = str(c.store.create("inventory/transfers", m{
			"from_location_id": stock["id"], "to_location_id": spare["id"], "lines": []m{{"product_id": pump["id"], "lot_id": lot["id"], "quantity": "1"}},
		}), "id")
	}
	got := tally(t, crowd(len(docs), func(i int) answer { return c.store.post("/inventory/transfers/"+docs[i]+"/confirm", nil) }))
	if got[http.StatusOK] != 1 || got[http.StatusUnprocessableEntity] != len(docs)-1 {
		t.Errorf("moved: %v", got)
	}
}

// Fifty clients credit the same invoice, and fifty post invoices at once: no more is taken back than was invoiced, and numbers have no gaps.
func TestCrowdOverOneCredit(t *testing.T) {
	c := newCompany(t, newWorld(t), "Credit")
	bill := func() string {
		return str(c.books.create("finance/invoices", m{"customer_id": c.customer["id"], "lines": []m{{"description": "Work", "quantity": "10", "unit_price": "100"}}}), "id")
	}
	drafts := make([]string, 50)
	for i := range drafts {
		drafts[i] = bill()
	}
	if got := tally(t, crowd(len(drafts), func(i int) answer { return c.books.post("/finance/invoices/"+drafts[i]+"/post", nil) })); got[http.StatusOK] != len(drafts) {
		t.Errorf("posted: %v", got)
	}
	invoice := c.books.read("finance/invoices", drafts[0])
	part := m{"lines": []m{{"line_id": lines(invoice)[0]["id"], "quantity": "3"}}}
	got := tally(t, crowd(len(drafts), func(int) answer { return c.books.post("/finance/invoices/"+drafts[0]+"/credit", part) }))
	if got[http.StatusOK] != 3 {
		t.Errorf("credited: %v", got)
	}
	sum := decimal.Zero
	for _, n := range c.books.list("finance/credit_notes", "invoice_id="+drafts[0]) {
		sum = sum.Add(num(t, n, "untaxed_amount"))
	}
	if sum.String() != "900" {
		t.Errorf("%s credited, want 900", sum)
	}
}
