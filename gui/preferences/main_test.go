//go:build linux

package preferences_test

import (
	"os"
	"testing"

	"slipway/gui/guitest"
)

func TestMain(m *testing.M) { os.Exit(guitest.Main(m)) }
