package inventory

import (
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// lateShare is what becomes of a cost that is known only after the goods came in.
type lateShare struct{ stock, sold, variance money.Amount }

// late adds a cost to goods that one move brought, q of them. What is still here becomes dearer, the rest is cost of what was sold; history stays as it
// is. First in, first out knows which of these very goods are left; at moving average as many count as left as there are of the product, at most q.
// At standard cost, and when all went back, nothing becomes dearer. Stock is never worth less than nothing.
func (w *worth) late(p pricing, move id.ID, q money.Quantity, amount money.Amount) lateShare {
	if p.method == standard || q.Sign() <= 0 {
		return lateShare{variance: amount}
	}
	var layer *CostLayer
	left := money.Min(q, money.Max(w.quantity, money.Zero()))
	worthNow := w.value
	if p.method == fifo {
		w.reconcile()
		for _, l := range w.layers {
			if l.MoveID == move && l.RemainingQuantity.Sign() > 0 {
				layer = l
			}
		}
		if layer == nil {
			return lateShare{sold: amount}
		}
		left, worthNow = money.Min(q, layer.RemainingQuantity), layer.RemainingValue
	}
	stock := amount
	if left.LessThan(q) {
		stock = p.round(money.Div(amount.Mul(left), q))
	}
	if left.Sign() <= 0 {
		stock = money.Zero()
	}
	stock = money.Max(stock, worthNow.Neg())
	w.value = w.value.Add(stock)
	if layer != nil {
		layer.RemainingValue = layer.RemainingValue.Add(stock)
		layer.UnitCost = money.Div(layer.RemainingValue, layer.RemainingQuantity).Round(6)
		w.touch(layer)
	}
	return lateShare{stock: stock, sold: amount.Sub(stock)}
}
