// Command vault is HashiCorp Vault's server, built from its module for the tests of keys.
package main

import (
	"os"

	"github.com/hashicorp/vault/command"
)

func main() { os.Exit(command.Run(os.Args[1:])) }
