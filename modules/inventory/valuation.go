package inventory

import (
	"slices"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// The ways to value stock.
const (
	average  = "average"
	fifo     = "fifo"
	standard = "standard"
)

// worth is how much of a product there is and what it is worth. Whatever the method: no quantity, no value.
type worth struct {
	quantity money.Quantity
	value    money.Amount
	lastCost money.Price  // of one, when goods last came in for money
	layers   []*CostLayer // first in, first out only; oldest first
	dirty    map[*CostLayer]bool
}

// layer adds goods that came in at one cost.
func (w *worth) layer(q money.Quantity, value money.Amount) {
	l := &CostLayer{Quantity: q, UnitCost: money.Div(value, q).Round(6), RemainingQuantity: q, RemainingValue: value}
	w.layers = append(w.layers, l)
	w.touch(l)
}

func (w *worth) touch(l *CostLayer) {
	if w.dirty == nil {
		w.dirty = map[*CostLayer]bool{}
	}
	w.dirty[l] = true
}

// pricing is what the valuation has to know besides the stock.
type pricing struct {
	method   string
	standard money.Price // the product's standard cost
	digits   int32       // of the company's currency
}

func (p pricing) round(v money.Amount) money.Amount { return v.Round(p.digits) }

// change is what one move does to the value of stock: value is added or taken, residual is the cents that leave with the last piece on top of it,
// and variance is the part of a price that never becomes stock.
type change struct{ value, residual, variance money.Amount }

// in takes goods in that cost total. At standard cost the difference is a variance. Where stock was negative, what had left at an estimate is put
// right now: the difference to what it really cost is a variance too, because history is not rewritten.
func (w *worth) in(p pricing, q money.Quantity, total money.Amount) change {
	total = p.round(total)
	if total.Sign() > 0 {
		w.lastCost = money.Div(total, q).Round(6)
	}
	if p.method == standard {
		return w.inStandard(p, q, total)
	}
	c := change{value: total}
	rest, restValue := q, total
	if w.quantity.Sign() < 0 {
		owed := w.quantity.Neg()
		covered := money.Min(q, owed)
		estimated := w.value.Neg()
		if covered.LessThan(owed) {
			estimated = p.round(money.Div(w.value.Neg().Mul(covered), owed))
		}
		actual := total
		if covered.LessThan(q) {
			actual = p.round(money.Div(total.Mul(covered), q))
		}
		c.variance = actual.Sub(estimated)
		c.value = total.Sub(c.variance)
		rest, restValue = q.Sub(covered), total.Sub(actual)
	}
	w.quantity, w.value = w.quantity.Add(q), w.value.Add(c.value)
	if p.method == fifo && rest.Sign() > 0 {
		w.layer(rest, restValue)
	}
	return c
}

func (w *worth) inStandard(p pricing, q money.Quantity, total money.Amount) change {
	c := change{value: p.round(q.Mul(p.standard))}
	w.quantity, w.value = w.quantity.Add(q), w.value.Add(c.value)
	if w.quantity.IsZero() {
		c.value, w.value = c.value.Sub(w.value), money.Zero()
	}
	c.variance = total.Sub(c.value)
	return c
}

// out lets goods go. What goes beyond the stock (a location that allows it) is valued at the last known cost.
func (w *worth) out(p pricing, q money.Quantity) change {
	have := money.Max(w.quantity, money.Zero())
	inside := money.Min(q, have)
	var c change
	switch {
	case inside.IsZero():
	case p.method == fifo:
		c = w.outLayers(p, inside)
	case p.method == standard:
		c.value = money.Min(p.round(inside.Mul(p.standard)), money.Max(w.value, money.Zero()))
		if inside.Equal(have) {
			c.residual = w.value.Sub(c.value)
		}
	case inside.Equal(have):
		c.value = w.value
	default:
		c.value = p.round(money.Div(w.value.Mul(inside), have))
	}
	if beyond := q.Sub(inside); beyond.Sign() > 0 {
		c.value = c.value.Add(p.round(beyond.Mul(w.unit(p))))
	}
	w.quantity, w.value = w.quantity.Sub(q), w.value.Sub(c.value).Sub(c.residual)
	return c
}

// outAt lets goods go back that came by a move and cost so much. The stock loses what they stand at: the layer that they came in as, or at moving average
// what they cost, as far as there is that much. What is between that and the cost is a variance.
func (w *worth) outAt(p pricing, move id.ID, q money.Quantity, cost money.Amount) change {
	cost = p.round(cost)
	var c change
	switch {
	case p.method == fifo:
		w.reconcile()
		slices.SortStableFunc(w.layers, func(a, b *CostLayer) int {
			switch {
			case a.MoveID == b.MoveID:
				return 0
			case a.MoveID == move:
				return -1
			case b.MoveID == move:
				return 1
			}
			return 0
		})
		c = w.out(p, q)
	case p.method == average && q.LessThan(w.quantity):
		c.value = money.Min(cost, money.Max(w.value, money.Zero()))
		w.quantity, w.value = w.quantity.Sub(q), w.value.Sub(c.value)
	default:
		c = w.out(p, q)
	}
	c.variance = cost.Sub(c.value).Sub(c.residual)
	return c
}

// outLayers takes from the oldest layers. Each part is rounded by itself; what rounding leaves goes with a layer's last piece, apart.
func (w *worth) outLayers(p pricing, q money.Quantity) change {
	w.reconcile()
	var c change
	for _, l := range w.layers {
		if q.IsZero() {
			break
		}
		if l.RemainingQuantity.IsZero() {
			continue
		}
		take := money.Min(q, l.RemainingQuantity)
		v := p.round(take.Mul(l.UnitCost))
		if take.Equal(l.RemainingQuantity) {
			c.residual = c.residual.Add(l.RemainingValue).Sub(v)
			l.RemainingValue = money.Zero()
		} else {
			v = money.Min(v, l.RemainingValue)
			l.RemainingValue = l.RemainingValue.Sub(v)
		}
		l.RemainingQuantity = l.RemainingQuantity.Sub(take)
		w.touch(l)
		c.value, q = c.value.Add(v), q.Sub(take)
	}
	return c
}

// reconcile makes one layer of everything when layers and stock disagree, because the product was valued otherwise before.
func (w *worth) reconcile() {
	q, v := money.Zero(), money.Zero()
	for _, l := range w.layers {
		q, v = q.Add(l.RemainingQuantity), v.Add(l.RemainingValue)
	}
	if q.Equal(w.quantity) && v.Equal(w.value) {
		return
	}
	for _, l := range w.layers {
		l.RemainingQuantity, l.RemainingValue = money.Zero(), money.Zero()
		w.touch(l)
	}
	w.layer(w.quantity, w.value)
}

// unit is what one piece is worth today: its share of the stock, else what it last cost, else the standard.
func (w *worth) unit(p pricing) money.Price {
	switch {
	case p.method == standard:
		return p.standard
	case w.quantity.Sign() > 0 && w.value.Sign() > 0:
		return money.Div(w.value, w.quantity).Round(6)
	case w.lastCost.Sign() > 0:
		return w.lastCost
	}
	return p.standard
}
