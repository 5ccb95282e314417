package i18n

import "testing"

func TestPlural(t *testing.T) {
	for one, want := range map[string]string{
		"Sales order": "Sales orders", "Bill of materials": "Bills of materials", "Currency": "Currencies", "Delivery": "Deliveries", "Tax": "Taxes", "Batch": "Batches",
		"Purchasing settings": "Purchasing settings", "Payment terms": "Payment terms", "Holiday": "Holidays", "Address": "Addresses", "Bonus": "Bonuses", "Unit of measure": "Units of measure", "Request for quotation": "Requests for quotation", "Goods received, not billed": "Goods received, not billed", "": "",
	} {
		if got := Plural(one); got != want {
			t.Errorf("several of %s are %s, want %s", one, got, want)
		}
	}
}
