package relay

// DeliveryFacts is the SQL of webhook deliveries that arrived, as facts that can be counted: the automations of a tenant that ran.
func DeliveryFacts() string {
	return "select id, created_at as at, 1::numeric as quantity, event as what, entity, record_id from webhook_delivery where ok"
}
