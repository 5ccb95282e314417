// Package seeded holds the defects that a build with the tag seeded has on purpose: a proof that passes there too proves nothing. `make seeded` builds
// it and expects the proofs to fail. In every other build they are constants that are false, and cost nothing.
package seeded
