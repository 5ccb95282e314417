# Which rows the roles in input may see. Evaluated partially: input.row and input.actor are unknown and become SQL.
package tenon.rows

grants := [g |
	some role in input.roles
	some key in input.keys
	g := data.grid[role][key]
	count(g.view) > 0
]

include if {
	some g in grants
	g.rows == "all"
}

include if {
	some g in grants
	g.rows == "own"
	input.row[input.owner] == input.actor.id
}
