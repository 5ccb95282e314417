# What the roles in input may do with one entity. Deny wins over any allow; what nothing allows is denied.
#
# Rights are tokens in three spaces: view and edit hold classes of fields, "field:<name>" and "*"; do holds "create", "delete", "export",
# "action:<name>" and "action:*". In grants of owner and admin "**" stands for all fields, a tenant's own too; in denials for the entity as a whole.
# A question names the tokens any of which allows it, and those any of which denies it.
package tenon.rights

spaces := ["view", "edit", "do"]

grants := [g |
	some role in input.roles
	some key in input.keys
	g := data.grid[role][key]
]

denials contains d if {
	some role in input.roles
	some key in input.keys
	some d in data.denials[role][key]
}

denials contains d if {
	some role in input.roles
	not role in {"owner", "admin"}
	some key in input.keys
	some d in data.denials["*"][key]
}

# A tenant's own Rego may only take away: it adds objects to data.tenant.deny.
denials contains d if {
	some own in data.tenant.deny
	d := {
		"id": own.id,
		"view": [t | "view" in rights(own); some t in tokens(own)],
		"edit": [t | "edit" in rights(own); some t in tokens(own)],
		"do": rights(own),
	}
}

rights(own) := object.get(own, "rights", ["view", "edit", "create", "delete", "export", "action:*"])

tokens(own) := own.tokens if {
	count(own.tokens) > 0
} else := ["**"]

# A denial of another shape would fall silent, so there is no decision at all.
malformed if {
	deny := data.tenant.deny
	not is_set(deny)
}

malformed if {
	some own in data.tenant.deny
	not proper(own)
}

proper(own) if {
	is_string(own.id)
	every key in ["rights", "tokens"] {
		is_array(object.get(own, key, []))
	}
}

# Which rule gives, and which takes away, each token.
allows := {space: by |
	some space in ["view", "edit", "do"]
	by := {t: min(ids) |
		some t in {x | some g in grants; some x in g[space]}
		ids := {g.id | some g in grants; t in g[space]}
	}
}

denies := {space: by |
	some space in ["view", "edit", "do"]
	by := {t: min(ids) |
		some t in {x | some d in denials; some x in d[space]}
		ids := {d.id | some d in denials; t in d[space]}
	}
}

verdict(deny, allow) := {"allow": false, "by": deny[0]} if {
	count(deny) > 0
} else := {"allow": true, "by": allow[0]} if {
	count(allow) > 0
} else := {"allow": false, "by": "default"}

# A tenant's own field of a class that is not basic needs that class as well as "custom".
given(space, item) := ids if {
	ids := [allows[space][t] | some t in item.any]
	count(ids) > 0
} else := [allows[space].custom] if {
	some t in item.with_custom
	allows[space][t]
} else := []

taken(space, item) := [denies[space][t] | some t in item.under]

# An entity is seen by whoever sees any class of its fields.
visible := verdict(
	[denies.view[t] | some t in ["**", "*"]],
	[id | some t, id in allows.view; not denies.view[t]],
)

# What may not be seen may not be written: a refused or accepted write would tell the value.
field(item) := {"view": view, "edit": edit} if {
	view := verdict(taken("view", item), given("view", item))
	edit := written(view, item)
}

written(view, item) := view if {
	not view.allow
} else := verdict(taken("edit", item), given("edit", item))

blank := {"view": visible, "edit": visible}

acts := {name: verdict(taken("do", item), given("do", item)) | some name, item in input.acts} if {
	visible.allow
} else := {name: visible | some name, _ in input.acts}

items := [field(item) | some item in input.items] if {
	visible.allow
} else := [blank | some _ in input.items]

default every_row := false

every_row if {
	some g in grants
	count(g.view) > 0
	g.rows == "all"
}

decision := {"visible": visible, "items": items, "acts": acts, "every_row": every_row} if not malformed
