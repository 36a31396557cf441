//go:build linux

package engine_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"slipway/engine/enginetest"
	"slipway/engine/enginetest/contract"
)

// TestEngines runs the contract on every kind of engine and prints a table, part by part. It is what "make
// test-engines" runs, and takes some minutes.
func TestEngines(t *testing.T) {
	if os.Getenv("SLIPWAY_ENGINES") == "" {
		t.Skip("it is run by: make test-engines")
	}
	var names []string
	var columns [][]contract.Result
	for _, kind := range []enginetest.Kind{enginetest.DebianDocker, enginetest.ModernDocker, enginetest.DebianPodman} {
		t.Run(cmp.Or(string(kind), "debian"), func(t *testing.T) {
			private := enginetest.Start(t, enginetest.Of(kind))
			info := connect(t, private).Info()
			names = append(names, fmt.Sprintf("%s %s, API %s", info.Product, info.Version, info.APIVersion))
			columns = append(columns, runContract(t, private))
		})
	}
	if len(columns) != 3 {
		t.Fatal("not every engine was tested")
	}
	t.Logf("\n%s", table(names, columns))
}

// table has a line for each part and a column for each engine; the reasons why something cannot be are below it.
func table(names []string, columns [][]contract.Result) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\t%s\n", strings.Join(names, "\t"))
	var reasons []string
	for i, part := range columns[0] {
		line := []string{part.Part}
		for _, column := range columns {
			word := "pass"
			if !column[i].Passed {
				word = "FAIL"
			}
			if why := column[i].Cannot; why != "" {
				n := slices.Index(reasons, why)
				if n < 0 {
					n, reasons = len(reasons), append(reasons, why)
				}
				word = fmt.Sprintf("%s, cannot (%d)", word, n+1)
			}
			line = append(line, word)
		}
		fmt.Fprintln(w, strings.Join(line, "\t"))
	}
	w.Flush()
	for i, why := range reasons {
		fmt.Fprintf(&text, "(%d) %s\n", i+1, why)
	}
	return text.String()
}
