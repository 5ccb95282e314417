package modules

import "github.com/tenon-hq/tenon/entity"

// Check is a promise that a module's own tables keep at every moment. `tenon doctor verify` asks for what breaks it; no answer is the good answer.
type Check struct {
	Name  string      // unique within its module: "ledger_balances"
	Label entity.Text // the promise
	SQL   string      // finds what breaks it: the record's id and a sentence about it
}

// Tally is one side of a fact that two modules keep, each in its own tables: an order line's open quantity here, what serves it there. The checker
// lays the two sides side by side, so that neither module reads the other's tables. It is left out where one of the two is switched off.
type Tally struct {
	Name    string      // the same on both sides: "demand"
	Label   entity.Text // what this side counts: "open quantity of order lines"
	SQL     string      // the record that is counted, its amount, and since when it counts; what a side leaves out counts as zero
	AtLeast bool        // this side may be more than the other
}

// Figure is a number that people know a module by: the trial balance, the value of stock. A copy, a move to another installation and an upgrade are
// compared by figures, so their SQL keeps to columns that old versions have too.
type Figure struct {
	Name  string      // unique within its module: "trial_balance"
	Label entity.Text // what is compared
	SQL   string      // two columns: what is counted, and how much it is
}
