# Which approvals an act on one record needs. Every rule whose conditions hold applies; their steps follow each other.
package tenon.approval

required contains r.id if {
	some r in data.approvals[input.entity]
	input.action in r.actions
	not exempt(r)
	every c in r.when {
		holds(c)
	}
}

exempt(r) if {
	some role in input.roles
	role in r.unless
}

values(c) := input.record[c.field]

holds(c) if {
	c.op in {"eq", "in"}
	some v in values(c)
	v in c.values
}

# A record without a value is not equal to any.
holds(c) if {
	c.op in {"ne", "nin"}
	count(values(c)) == 0
}

holds(c) if {
	c.op in {"ne", "nin"}
	some v in values(c)
	not v in c.values
}

holds(c) if {
	c.op == "gt"
	some v in values(c)
	v > c.values[0]
}

holds(c) if {
	c.op == "gte"
	some v in values(c)
	v >= c.values[0]
}

holds(c) if {
	c.op == "lt"
	some v in values(c)
	v < c.values[0]
}

holds(c) if {
	c.op == "lte"
	some v in values(c)
	v <= c.values[0]
}

holds(c) if {
	c.op == "empty"
	count(values(c)) == 0
}

holds(c) if {
	c.op == "given"
	count(values(c)) > 0
}

# The rules that apply, and by their numbers the steps of each that do.
answer := {id: steps |
	some id in required
	some r in data.approvals[input.entity]
	r.id == id
	steps := [i |
		some i, when in r.steps
		every c in when {
			holds(c)
		}
	]
}
