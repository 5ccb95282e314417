package app

import "runtime/debug"

// Version says from which version and commit this program was built; "devel" where the build does not know.
func Version() (version, commit string) {
	version = "devel"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version, ""
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		version = v
	}
	for _, x := range info.Settings {
		if x.Key == "vcs.revision" {
			commit = x.Value[:min(12, len(x.Value))]
		}
	}
	return version, commit
}
