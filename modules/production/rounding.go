package production

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/internal/money"
)

// slack is the share of a step below which a difference is an inexact unit ratio and no need: it makes nobody buy one piece more.
func slack() *big.Rat { return big.NewRat(1, 1_000_000_000) }

// upTo rounds a need up to whole steps; a unit without a step is kept to six decimals.
func upTo(q *big.Rat, step money.Quantity) money.Quantity {
	n := steps(q, &step)
	n.Sub(n, slack())
	return whole(n, true).Mul(step)
}

// downTo rounds a yield down to whole steps.
func downTo(q *big.Rat, step money.Quantity) money.Quantity {
	n := steps(q, &step)
	n.Add(n, slack())
	return whole(n, false).Mul(step)
}

// steps counts how many steps a quantity is, and puts the finest step where there is none.
func steps(q *big.Rat, step *money.Quantity) *big.Rat {
	if step.Sign() <= 0 {
		*step = money.Must("0.000001")
	}
	return ratio(q, step.Rat())
}

// whole returns the next whole number, never below zero.
func whole(n *big.Rat, up bool) money.Quantity {
	if n.Sign() <= 0 {
		return money.Zero()
	}
	q, r := new(big.Int).QuoRem(n.Num(), n.Denom(), new(big.Int))
	if up && r.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return decimal.NewFromBigInt(q, 0)
}
