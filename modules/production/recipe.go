package production

import (
	"math/big"
	"strings"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
)

// recipe is a bill of materials as the planner reckons with it: everything in the products' own units, as exact fractions.
type recipe struct {
	ID          id.ID
	ProductID   id.ID
	Output      *big.Rat // how much of the product one round of the lines makes
	Phantom     bool     // its product is never made for itself: the lines are used in its place
	Over, Under money.Percent
	Service     id.ID // what a vendor is paid for making it
	Ingredients []ingredient
	Residuals   []residual
	Steps       []step
	Substitutes []substitute // the preferred first
}

// ingredient is one line of a recipe.
type ingredient struct {
	ProductID id.ID
	Quantity  *big.Rat
	Scrap     money.Percent // of what is taken, this share is lost
	Fixed     bool          // the same for any quantity made
	Phantom   bool          // the component's own recipe is used in its place
}

// residual is a by-product of one round.
type residual struct {
	ProductID   id.ID
	Quantity    *big.Rat
	CostPercent money.Percent
}

// step is one operation of the recipe's routing.
type step struct {
	Name         string
	WorkCenterID id.ID
	Setup        money.Quantity // minutes for each order
	Run          money.Quantity // minutes for one unit of the product
	Scrap        money.Percent  // of what enters, this share is spoilt
	Service      id.ID          // what a vendor is paid for doing it
}

// cookbook is all recipes that a plan may use, one for each product, and what is known of the products.
type cookbook struct {
	recipes  map[id.ID]*recipe
	products map[id.ID]coreevent.Product
}

// maxLevels bounds how deep bills of materials may be nested.
const maxLevels = 60

// need is a component of one production order, whole steps of its unit.
type need struct {
	ProductID id.ID
	Quantity  money.Quantity
}

// explode returns what making a quantity takes: phantoms replaced by their lines, shared components summed and only then rounded up.
func (b *cookbook) explode(r *recipe, quantity money.Quantity) ([]need, error) {
	x := explosion{book: b, sums: map[id.ID]*big.Rat{}}
	if err := x.add(r, ratio(quantity.Rat(), new(big.Rat).Mul(r.Output, r.yield())), []id.ID{r.ProductID}); err != nil {
		return nil, err
	}
	out := make([]need, 0, len(x.order))
	for _, p := range x.order {
		if q := upTo(x.sums[p], b.products[p].Rounding); q.Sign() > 0 {
			out = append(out, need{p, q})
		}
	}
	return out, nil
}

// yield is the share of what is begun that all operations leave good.
func (r *recipe) yield() *big.Rat {
	y := big.NewRat(1, 1)
	for _, s := range r.Steps {
		y.Mul(y, new(big.Rat).Sub(big.NewRat(1, 1), ratio(s.Scrap.Rat(), big.NewRat(100, 1))))
	}
	return y
}

type explosion struct {
	book  *cookbook
	sums  map[id.ID]*big.Rat
	order []id.ID
}

// add sums the lines of a recipe for a number of rounds.
func (x *explosion) add(r *recipe, rounds *big.Rat, path []id.ID) error {
	for _, in := range r.Ingredients {
		q := in.needed(rounds)
		inner := x.book.recipes[in.ProductID]
		if inner == nil || !in.Phantom && !inner.Phantom {
			if x.sums[in.ProductID] == nil {
				x.sums[in.ProductID] = new(big.Rat)
				x.order = append(x.order, in.ProductID)
			}
			x.sums[in.ProductID].Add(x.sums[in.ProductID], q)
			continue
		}
		below, err := x.book.descend(path, in.ProductID)
		if err != nil {
			return err
		}
		if err := x.add(inner, ratio(q, inner.Output), below); err != nil {
			return err
		}
	}
	return nil
}

// needed returns how much an ingredient takes for a number of rounds: of what is taken, the scrap share is lost.
func (in ingredient) needed(rounds *big.Rat) *big.Rat {
	q := new(big.Rat).Set(in.Quantity)
	if !in.Fixed {
		q.Mul(q, rounds)
	}
	return ratio(q, new(big.Rat).Sub(big.NewRat(1, 1), ratio(in.Scrap.Rat(), big.NewRat(100, 1))))
}

// descend adds a product to the path from the top product; a product that is its own component, at any depth, is refused.
func (b *cookbook) descend(path []id.ID, product id.ID) ([]id.ID, error) {
	below := append(append(make([]id.ID, 0, len(path)+1), path...), product)
	for i, p := range path {
		if p == product {
			return nil, cycleFault(b.names(below[i:]))
		}
	}
	if len(below) > maxLevels {
		names := b.names(below)
		return nil, fault.New(fault.Rule, "bom.too_deep", "物料清单层级超过 %d 层：%s", "Bills of materials are nested more than %d levels deep: %s",
			maxLevels, names)
	}
	return below, nil
}

// names writes a path of products for people: A → B → A.
func (b *cookbook) names(path []id.ID) string {
	list := make([]string, len(path))
	for i, p := range path {
		list[i] = b.products[p].Number
		if list[i] == "" {
			list[i] = p.String()
		}
	}
	return strings.Join(list, " → ")
}

func cycleFault(path string) *fault.Fault {
	return fault.New(fault.Rule, "bom.cycle", "物料清单存在循环：%s", "The bill of materials contains itself: %s", path)
}

// byProducts returns what of each by-product making a quantity yields: whole steps only, rounded down.
func (b *cookbook) byProducts(r *recipe, quantity money.Quantity) []money.Quantity {
	out := make([]money.Quantity, len(r.Residuals))
	for i, by := range r.Residuals {
		out[i] = downTo(new(big.Rat).Mul(by.Quantity, ratio(quantity.Rat(), r.Output)), b.products[by.ProductID].Rounding)
	}
	return out
}

// ratio is a/b; b is never zero because quantities of recipes are positive and scrap is below a hundred.
func ratio(a, b *big.Rat) *big.Rat { return new(big.Rat).Quo(a, b) }
