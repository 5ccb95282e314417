// Package bench measures Tenon through HTTP, as its users meet it. Figures go to docs/performance.md; they are never assertions.
package bench
