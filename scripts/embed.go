// Package scripts holds the shell and Python programs of the project, and the one of them that
// the binary carries along.
package scripts

import _ "embed"

//go:embed install-lightgbm.sh
var installLightGBM []byte

// InstallLightGBM returns the bash script that installs the pinned LightGBM program: its
// argument is the directory. It needs no file beside it. The caller must not change it.
func InstallLightGBM() []byte { return installLightGBM }
