// Package inventoryevent is what inventory tells.
package inventoryevent

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Demand is who needs goods: a line of a sales order or a material of a production order.
type Demand struct {
	Entity       string // "sales.order_line" or "production.material"
	LineID       id.ID  // that line's or material's id
	DocumentID   id.ID  // the order's id
	DocumentNo   string
	SalesOrderID id.ID // the customer order at the root; none for stock
}

// Reserved is goods that are held for a demand.
type Reserved struct {
	Demand
	ProductID  id.ID
	LocationID id.ID
	LotID      id.ID
	Quantity   money.Quantity
	FromEntity string // when they just arrived: the document that brought them (inventory.receipt, production.production_order)
	FromID     id.ID
	FromNo     string
}

// StockReserved says that goods on hand are now held for demands.
type StockReserved struct{ Items []Reserved }

// Event names it.
func (e StockReserved) Event() (name, entity string, record id.ID) {
	return head("inventory.stock.reserved", e.Items)
}

// StockReleased says that goods are no longer held.
type StockReleased struct{ Items []Reserved }

// Event names it.
func (e StockReleased) Event() (name, entity string, record id.ID) {
	return head("inventory.stock.released", e.Items)
}

// document returns the document that a demand belongs to.
func (d Demand) document() (entity string, record id.ID) {
	if d.Entity == "sales.order_line" {
		return "sales.order", d.DocumentID
	}
	return "production.production_order", d.DocumentID
}

func head[T interface{ document() (string, id.ID) }](event string, items []T) (name, entity string, record id.ID) {
	if len(items) == 0 {
		return event, "", id.ID{}
	}
	entity, record = items[0].document()
	return event, entity, record
}

// Short is a demand that stock does not cover.
type Short struct {
	Demand
	ProductID id.ID
	Quantity  money.Quantity // in the product's unit
	NeedBy    clock.Date     // none: as soon as possible
}

// StockShort says that products which are made are missing. Production plans; what nobody plans is asked of purchasing.
type StockShort struct{ Items []Short }

// Event names it.
func (e StockShort) Event() (name, entity string, record id.ID) {
	return head("inventory.stock.short", e.Items)
}

// PurchaseNeeded says that goods are missing which must be bought: bought products, and made ones that nobody plans.
type PurchaseNeeded struct{ Items []Short }

// Event names it.
func (e PurchaseNeeded) Event() (name, entity string, record id.ID) {
	return head("inventory.purchase.needed", e.Items)
}

// Peg is an inbound supply that is meant for a demand.
type Peg struct {
	Demand
	ProductID    id.ID
	Quantity     money.Quantity
	SupplyEntity string // production.production_order, purchasing.requisition, inventory.receipt
	SupplyID     id.ID
	SupplyNo     string
	Date         clock.Date // when it is expected
}

// DemandPegged says that demands wait for inbound supplies, or that the expected dates changed. An item without SupplyEntity and Date waits with
// nothing on its way: its product is supplied from stock only, or its supply fell away.
type DemandPegged struct{ Items []Peg }

// Event names it.
func (e DemandPegged) Event() (name, entity string, record id.ID) {
	return head("inventory.demand.pegged", e.Items)
}

// SupplyReleased says that inbound supplies are no longer wanted by demands, in whole or in part: the demand was cancelled or lowered. Quantity is what
// is no longer wanted. Production and purchasing reduce or cancel what has not been started.
type SupplyReleased struct{ Items []Peg }

// Event names it.
func (e SupplyReleased) Event() (name, entity string, record id.ID) {
	return head("inventory.supply.released", e.Items)
}

// Moved is one stock move with its value in company currency. From and To are location types: internal, supplier, customer, production, loss, transit.
type Moved struct {
	MoveID         id.ID
	ProductID      id.ID
	ProductName    string
	Category       string
	From, To       string
	Quantity       money.Quantity
	Value          money.Amount // of the whole move, never negative
	SourceEntity   string
	SourceID       id.ID
	SourceLineID   id.ID // purchase line, order line, material or production order
	SalesOrderID   id.ID
	PriceVariance  money.Amount // received at a price other than standard cost: price − standard
	ResidualRounds money.Amount // residual cents that left with the last piece, part of Value
}

// StockMoved says that goods moved. Finance posts the values; production and projects book their costs.
type StockMoved struct {
	SourceEntity string
	SourceID     id.ID
	SourceNo     string
	Date         clock.Date
	Moves        []Moved
}

// Event names it.
func (e StockMoved) Event() (name, entity string, record id.ID) {
	return "inventory.stock.moved", e.SourceEntity, e.SourceID
}

// DeliveredLine is what left for a customer, in the product's unit.
type DeliveredLine struct {
	OrderLineID id.ID
	ProductID   id.ID
	Quantity    money.Quantity
}

// GoodsShipped says that a delivery left.
type GoodsShipped struct {
	DeliveryID id.ID
	No         string
	OrderID    id.ID
	Date       clock.Date
	Lines      []DeliveredLine
}

// Event names it.
func (e GoodsShipped) Event() (name, entity string, record id.ID) {
	return "inventory.goods.shipped", "inventory.delivery", e.DeliveryID
}

// ReceivedLine is what came in for a purchase line, in the product's unit.
type ReceivedLine struct {
	PurchaseLineID id.ID
	ProductID      id.ID
	Quantity       money.Quantity
	UnitCost       money.Price
}

// GoodsReceived says that a receipt came in.
type GoodsReceived struct {
	ReceiptID       id.ID
	No              string
	PurchaseOrderID id.ID
	Date            clock.Date
	Lines           []ReceivedLine
}

// Event names it.
func (e GoodsReceived) Event() (name, entity string, record id.ID) {
	return "inventory.goods.received", "inventory.receipt", e.ReceiptID
}
