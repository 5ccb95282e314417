// Package tenon is the root of the house and holds nothing but its laws: laws_test.go says which room may import which, and what no room may do.
package tenon
